import type {
  CacheMark,
  ContentPart,
  ReasoningPart,
  Signature,
  ToolCallPart,
  ToolResultPart,
} from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { sourceOfFileData, sourceOfUrl } from '../shared/media.ts'
import { textOf, wrong } from '../shared/read-json.ts'
import { readEarlierReasoning } from './reasoning.ts'
import { readSignature } from './signatures.ts'

/** A message's content: a string, or a list of parts. */
export function readContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(path, 'a string or a list of content parts', value)
  return value.map((part: JsonValue, index) => readPart(part, `${path}[${index}]`))
}

function readPart(value: JsonValue, path: string): ContentPart {
  if (!isJsonObject(value)) throw wrong(path, 'an object with a type', value)
  const type = value['type']
  if (typeof type !== 'string') throw wrong(`${path}.type`, 'a string', type)
  switch (type) {
    case 'text': {
      const text = value['text']
      if (typeof text !== 'string') throw wrong(`${path}.text`, 'a string', text)
      return { type: 'text', text, ...cacheOf(value) }
    }
    case 'refusal':
      return { type: 'refusal', text: textOf(value['refusal']) ?? '' }
    case 'image_url': {
      const image = value['image_url']
      const url = isJsonObject(image) ? image['url'] : image
      if (typeof url !== 'string') throw wrong(`${path}.image_url.url`, 'a string', url)
      const detail = isJsonObject(image) ? textOf(image['detail']) : undefined
      return {
        type: 'image',
        source: sourceOfUrl(url),
        ...(detail === undefined ? {} : { detail }),
        ...cacheOf(value),
      }
    }
    case 'input_audio': {
      const audio = isJsonObject(value['input_audio']) ? value['input_audio'] : {}
      const { data } = audio
      if (typeof data !== 'string') throw wrong(`${path}.input_audio.data`, 'a base64 string', data)
      const format = textOf(audio['format']) ?? 'wav'
      return { type: 'audio', format, source: { type: 'data', mediaType: `audio/${format}`, data } }
    }
    case 'file':
      return readFile(value)
    default:
      return { type: 'native', format: 'openai-chat', kind: type, value }
  }
}

function readFile(value: JsonObject): ContentPart {
  const file = isJsonObject(value['file']) ? value['file'] : {}
  const { file_data: data, file_id: id, filename } = file
  const name = typeof filename === 'string' ? { name: filename } : {}
  if (typeof data === 'string') {
    return { type: 'file', source: sourceOfFileData(data), ...name, ...cacheOf(value) }
  }
  if (typeof id === 'string') return { type: 'file', source: { type: 'stored', id, format: 'openai-chat' }, ...name }
  return { type: 'native', format: 'openai-chat', kind: 'file', value }
}

/** What an assistant said, in the order in which models say it: thoughts, words, calls. */
export function readAssistant(message: JsonObject, path: string): ContentPart[] {
  const parts: ContentPart[] = [...readEarlierReasoning(message)]
  for (const part of readContent(message['content'], `${path}.content`)) {
    const thought = part.type === 'native' && part.kind === 'thinking' ? readThinking(part.value) : part
    parts.push(thought)
  }
  signText(parts, readSignature(message))
  const refusal = message['refusal']
  if (typeof refusal === 'string' && refusal !== '') parts.push({ type: 'refusal', text: refusal })
  return [...parts, ...readToolCalls(message, path)]
}

/** A message's own signature belongs to its last words, or stands for words that were empty. */
function signText(parts: ContentPart[], signature: Signature | undefined): void {
  if (signature === undefined) return
  const last = parts.at(-1)
  if (last?.type === 'text') parts.splice(-1, 1, { ...last, signature })
  else parts.push({ type: 'text', text: '', signature })
}

/** Mistral's `{"type": "thinking", "thinking": [{"type": "text", …}]}`. */
function readThinking(value: JsonValue): ReasoningPart {
  const inner = isJsonObject(value) ? value['thinking'] : undefined
  const texts = Array.isArray(inner) ? inner : [inner]
  const text = texts.map((one: JsonValue | undefined) => (isJsonObject(one) ? one['text'] : one))
  return { type: 'reasoning', text: text.filter((one) => typeof one === 'string').join('') }
}

function readToolCalls(message: JsonObject, path: string): ToolCallPart[] {
  const value = message['tool_calls']
  if (value === undefined || value === null) {
    const legacy = message['function_call']
    return isJsonObject(legacy) ? [readCall({ function: legacy })] : []
  }
  if (!Array.isArray(value)) throw wrong(`${path}.tool_calls`, 'a list of tool calls', value)
  return value.map((call: JsonValue, index) => {
    if (!isJsonObject(call)) throw wrong(`${path}.tool_calls[${index}]`, 'an object', call)
    return readCall(call)
  })
}

function readCall(call: JsonObject): ToolCallPart {
  const custom = call['custom']
  const called = call['function'] ?? custom
  const object = isJsonObject(called) ? called : {}
  const given = object['arguments'] ?? object['input']
  const signature = readSignature(call)
  return {
    type: 'tool-call',
    id: textOf(call['id']) ?? textOf(object['name']) ?? '',
    name: textOf(object['name']) ?? '',
    argumentsText: readArguments(given, isJsonObject(custom)),
    ...(isJsonObject(custom) ? { custom: true } : {}),
    ...(signature === undefined ? {} : { signature }),
  }
}

/** No arguments are `{}`: an empty text, once in a history, would be refused by every later model. */
function readArguments(given: JsonValue | undefined, isCustom: boolean): string {
  if (typeof given === 'string') return given === '' && !isCustom ? '{}' : given
  return given === undefined || given === null ? '{}' : JSON.stringify(given)
}

/** A `tool` message, or a `function` message of old, which names the call by the function's name. */
export function readToolResult(message: JsonObject, path: string, name: string | undefined): ToolResultPart {
  const id = message['tool_call_id']
  return {
    type: 'tool-result',
    callId: typeof id === 'string' ? id : (name ?? ''),
    content: readContent(message['content'], `${path}.content`),
    ...(name === undefined ? {} : { name }),
  }
}

/** `cache_control`, Anthropic's mark, which OpenRouter, LiteLLM and Alibaba take in this format too. */
export function cacheOf(value: JsonObject): { readonly cache?: CacheMark } {
  const mark = value['cache_control']
  if (!isJsonObject(mark)) return {}
  const { ttl } = mark
  return { cache: ttl === '5m' || ttl === '1h' ? { ttl } : {} }
}
