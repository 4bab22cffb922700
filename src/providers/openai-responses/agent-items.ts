import { isIdleParameter } from '../../core/idle-parameter.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Adjusting } from '../../core/provider.ts'
import { table } from '../../core/table.ts'

type Lose = Adjusting['lose']

export const UNKNOWN = 'Perplexity answers 400 to it'

const MESSAGE = ['type', 'role', 'content']
const TEXT = ['type', 'text']
const IMAGE = ['type', 'image_url']
const CALL = ['type', 'call_id', 'name', 'arguments', 'thought_signature']
const OUTPUT = ['type', 'call_id', 'name', 'output', 'thought_signature']

/** `input` as the Agent API takes it: messages, calls and their results, with text and pictures by URL. */
export function agentItems(input: JsonValue | undefined, lose: Lose): JsonValue | undefined {
  if (!isList(input)) return input
  const items = input.flatMap((item, index) => agentItem(item, `input[${index}]`, lose))
  return isSame(items, input) ? input : items
}

function agentItem(item: JsonValue, path: string, lose: Lose): JsonValue[] {
  if (!isJsonObject(item)) return [item]
  const { type } = item
  switch (type) {
    case undefined:
    case 'message':
      return [withMember(taken(item, MESSAGE, path, lose), 'content', agentContent(item, path, lose))]
    case 'function_call':
      return [taken(item, CALL, path, lose)]
    case 'function_call_output':
      return [withMember(taken(item, OUTPUT, path, lose), 'output', textOf(item['output'], `${path}.output`, lose))]
    case 'custom_tool_call': {
      const { call_id, name, input = '' } = item
      return [{ type: 'function_call', call_id, name, arguments: JSON.stringify({ input }) }]
    }
    case 'custom_tool_call_output':
      return [
        {
          type: 'function_call_output',
          call_id: item['call_id'],
          output: textOf(item['output'], `${path}.output`, lose),
        },
      ]
    default:
      lose(path, `Perplexity takes no items of the type ${String(type).slice(0, 40)}`)
      return []
  }
}

/** The model's own words are one text; a user's are parts. */
function agentContent(item: JsonObject, path: string, lose: Lose): JsonValue | undefined {
  const { content, role } = item
  if (!isList(content)) return content
  if (role === 'assistant') return textOf(content, `${path}.content`, lose)
  const parts = content.flatMap((part, index): JsonValue[] => {
    const at = `${path}.content[${index}]`
    if (!isJsonObject(part)) return [part]
    if (part['type'] === 'input_text') return [taken(part, TEXT, at, lose)]
    if (part['type'] === 'input_image' && typeof part['image_url'] === 'string') return [taken(part, IMAGE, at, lose)]
    lose(at, `Perplexity takes no ${String(part['type']).slice(0, 40)} here`)
    return []
  })
  return isSame(parts, content) ? content : parts
}

/** Parts as the text they hold. */
function textOf(value: JsonValue | undefined, path: string, lose: Lose): JsonValue | undefined {
  if (!isList(value)) return value
  const texts = value.flatMap((part, index) => {
    const text = isJsonObject(part) ? (part['text'] ?? part['refusal']) : undefined
    if (typeof text === 'string') return [text]
    lose(`${path}[${index}]`, 'Perplexity takes text alone here')
    return []
  })
  return texts.join('')
}

/** Members that say nothing of what is asked, or ask for what happens anyway. */
const IDLE = table<JsonValue | undefined>({ detail: 'auto' })
const KEPT = new Set(['id', 'status', 'logprobs'])

/** The object with these members alone. The others are said, where they ask for something. */
export function taken(object: JsonObject, names: readonly string[], path: string, lose: Lose): JsonObject {
  for (const [name, value] of Object.entries(object)) {
    const isIdle = isIdleParameter(name, value) || IDLE[name] === value || KEPT.has(name)
    if (!names.includes(name) && !isIdle) lose(`${path}.${name}`, UNKNOWN)
  }
  return picked(object, names)
}

/** The object with these members alone; itself where it has no others. */
export function picked(object: JsonObject, names: readonly string[]): JsonObject {
  const entries = Object.entries(object)
  const kept = entries.filter(([name, value]) => names.includes(name) && value !== null)
  return kept.length === entries.length ? object : Object.fromEntries(kept)
}

function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  return object[name] === value ? object : { ...object, [name]: value }
}

/** True for a list that is the other, element by element. */
export function isSame(list: readonly JsonValue[], other: readonly JsonValue[]): boolean {
  return list.length === other.length && list.every((one, index) => one === other[index])
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}
