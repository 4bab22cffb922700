import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart, TokenLogprob } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { countOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import { readReasoning } from './reasoning.ts'
import { readSignature } from './signatures.ts'
import { readUsage } from './usage.ts'

/** A whole chat completion as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  return readObject(body, 'message')
}

/**
 * The same answer without its parts. Nearly every answer is one choice with a text or calls, which shows at a look;
 * any other is read as a whole.
 */
export function summarizeResponse(body: JsonObject): AnswerSummary {
  const choices = body['choices']
  const choice = Array.isArray(choices) && choices.length === 1 ? choices[0] : undefined
  const message = isJsonObject(choice) ? choice['message'] : undefined
  if (isJsonObject(choice) && isJsonObject(message) && (body['error'] ?? null) === null && hasPlainContent(message)) {
    const raw = choice['finish_reason']
    const usage = body['usage']
    return {
      hasContent: true,
      finishReason: typeof raw === 'string' && raw !== '' ? readFinishReason(raw) : undefined,
      usage: isJsonObject(usage) ? readUsage(usage) : undefined,
    }
  }
  const parts = readResponse(body)
  return { hasContent: parts.some(isContentPart), ...lastWords(parts) }
}

function hasPlainContent(message: JsonObject): boolean {
  const content = message['content']
  return typeof content === 'string' && content !== ''
}

/** Reads `chat.completion.chunk` events, one at a time. */
export function createReader(): StreamReader {
  return {
    push(event) {
      if (event.data === '[DONE]') return []
      return readObject(parseEvent(event.data), 'delta')
    },
    end: () => [],
  }
}

const TELLING = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"/

/** Usage and finish reason of one `chat.completion.chunk`, read only where there is one of them. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!TELLING.test(data)) return undefined
  try {
    return lastWords(readObject(parseEvent(data), 'delta'))
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

function lastWords(parts: readonly StreamPart[]): Pick<AnswerSummary, 'usage' | 'finishReason'> {
  const end = parts.findLast((part) => part.type === 'response-end')
  const usage = parts.findLast((part) => part.type === 'usage')
  return { finishReason: end?.finishReason, usage: usage?.usage }
}

function readObject(body: JsonObject, member: 'message' | 'delta'): StreamPart[] {
  const error = body['error']
  if (error !== undefined && error !== null) throw readErrorBody(undefined, {}, body)
  const choices = body['choices']
  if (!Array.isArray(choices)) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no chat completion.')
  }
  const parts: StreamPart[] = []
  parts.push({ type: 'response-start', id: textOf(body['id']) ?? '', model: textOf(body['model']) ?? '' })
  for (const choice of choices) if (isJsonObject(choice)) readChoice(choice, member, parts)
  // Groq puts usage into a member of its own at the end of a stream.
  const groq = body['x_groq']
  const usage = body['usage'] ?? (isJsonObject(groq) ? groq['usage'] : undefined)
  if (isJsonObject(usage)) parts.push({ type: 'usage', usage: readUsage(usage) })
  return parts
}

function readChoice(choice: JsonObject, member: 'message' | 'delta', parts: StreamPart[]): void {
  const message = choice[member]
  if (isJsonObject(message)) readMessage(message, readLogprobs(choice['logprobs']), parts)
  const raw = choice['finish_reason']
  if (typeof raw === 'string' && raw !== '') {
    parts.push({ type: 'response-end', finishReason: readFinishReason(raw), raw })
  }
}

function readMessage(message: JsonObject, logprobs: readonly TokenLogprob[] | undefined, parts: StreamPart[]): void {
  for (const { text, ...end } of readReasoning(message)) {
    if (text !== '') parts.push({ type: 'reasoning-delta', text })
    const { signature, redacted, id } = end
    if (signature !== undefined) {
      parts.push({
        type: 'reasoning-end',
        signature,
        ...(redacted === undefined ? {} : { redacted }),
        ...(id === undefined ? {} : { id }),
      })
    }
  }
  const said = readTexts(message['content'])
  for (const [index, part] of said.entries()) {
    const isLast = index === said.length - 1
    parts.push(part.type === 'text-delta' && isLast && logprobs !== undefined ? { ...part, logprobs } : part)
  }
  const refusal = message['refusal']
  if (typeof refusal === 'string' && refusal !== '') parts.push({ type: 'refusal-delta', text: refusal })
  readMedia(message, parts)
  const calls = message['tool_calls']
  if (Array.isArray(calls)) {
    calls.forEach((call: JsonValue, position) => {
      if (isJsonObject(call)) readToolCall(call, position, parts)
    })
  }
  const legacy = message['function_call']
  if (isJsonObject(legacy)) readFunction(legacy, 0, '', {}, parts)
  for (const annotation of objectsOf(message['annotations'])) readCitation(annotation, parts)
}

function readCitation(annotation: JsonObject, parts: StreamPart[]): void {
  const cited = annotation['url_citation']
  const url = isJsonObject(cited) ? textOf(cited['url']) : undefined
  if (isJsonObject(cited) && url !== undefined) parts.push({ type: 'citation', url, title: textOf(cited['title']) })
}

/** Sound as OpenAI sends it, pictures as OpenRouter does. */
function readMedia(message: JsonObject, parts: StreamPart[]): void {
  const audio = message['audio']
  if (isJsonObject(audio)) {
    const transcript = textOf(audio['transcript'])
    const said = transcript === undefined ? {} : { transcript }
    parts.push({ type: 'media', mediaType: 'audio/wav', data: textOf(audio['data']) ?? '', ...said })
  }
  for (const image of objectsOf(message['images'])) {
    const at = image['image_url']
    const found = /^data:([^;,]+);base64,(.*)$/s.exec((isJsonObject(at) ? textOf(at['url']) : undefined) ?? '')
    if (found !== null) parts.push({ type: 'media', mediaType: found[1] ?? '', data: found[2] ?? '' })
  }
}

function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  const content = isJsonObject(value) ? objectsOf(value['content']) : []
  if (content.length === 0) return undefined
  return content.map((token) => ({ ...readToken(token), top: objectsOf(token['top_logprobs']).map(readToken) }))
}

function readToken(token: JsonObject): { readonly token: string; readonly logprob: number } {
  return { token: textOf(token['token']) ?? '', logprob: countOf(token['logprob']) ?? 0 }
}

type Said = StreamPart & { readonly type: 'text-delta' | 'reasoning-delta' }

/** Content is a string, or a list of parts at Mistral (`text`, `thinking`). */
function readTexts(content: JsonValue | undefined): Said[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text-delta', text: content }]
  return objectsOf(content).flatMap((part): Said[] => {
    const text = part['text']
    if (typeof text === 'string') return text === '' ? [] : [{ type: 'text-delta', text }]
    return readTexts(part['thinking']).map((thought) => ({ type: 'reasoning-delta', text: thought.text }))
  })
}

function readToolCall(call: JsonObject, position: number, parts: StreamPart[]): void {
  const index = typeof call['index'] === 'number' ? call['index'] : position
  const custom = call['custom']
  const called = call['function'] ?? custom
  const signature = readSignature(call)
  const extras = {
    ...(isJsonObject(custom) ? { custom: true } : {}),
    ...(signature === undefined ? {} : { signature }),
  }
  if (isJsonObject(called)) readFunction(called, index, textOf(call['id']) ?? '', extras, parts)
}

type CallExtras = Pick<StreamPart & { readonly type: 'tool-call-start' }, 'custom' | 'signature'>

function readFunction(called: JsonObject, index: number, id: string, extras: CallExtras, parts: StreamPart[]): void {
  const name = called['name']
  if (typeof name === 'string' && name !== '') parts.push({ type: 'tool-call-start', index, id, name, ...extras })
  const given = called['arguments'] ?? called['input']
  const text = isJsonObject(given) ? JSON.stringify(given) : given
  if (typeof text === 'string' && text !== '') parts.push({ type: 'tool-call-delta', index, argumentsText: text })
}

const FINISH_REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  length: 'length',
  model_length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
  error: 'error',
  insufficient_system_resource: 'error',
}

function readFinishReason(raw: string): FinishReason {
  return (Object.hasOwn(FINISH_REASONS, raw) ? FINISH_REASONS[raw] : undefined) ?? 'other'
}
