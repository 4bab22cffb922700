import type { ContentPart, Signature, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message, Role } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import { optionalString, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'
import { spareReferences } from './item-references.ts'
import { readOwnCall, readOwnOutput } from './own-calls.ts'
import { readContent } from './read-content.ts'
import { readReasoningItem } from './reasoning.ts'

const ROLES = table<Role>({
  system: 'system',
  developer: 'developer',
  user: 'user',
  assistant: 'assistant',
})

type Turn = { -readonly [Key in keyof Message]: Key extends 'content' ? ContentPart[] : Message[Key] }

/**
 * `input` as turns. What the model said in a row (thoughts, words, calls, items of its own tools) is one turn, as other
 * formats have it; every output of a call is one.
 */
export function readInput(value: JsonValue | undefined): Message[] {
  if (typeof value === 'string') return [{ role: 'user', content: [{ type: 'text', text: value }], name: undefined }]
  if (!Array.isArray(value)) throw wrong('input', 'a string or a list of items', value)
  const turns: Turn[] = []
  // A signature that a reasoning item carried for the call after it.
  let ahead: Signature | undefined
  const spare = spareReferences(value)
  value.forEach((given: JsonValue, index) => {
    if (spare.has(index)) return
    const path = `input[${index}]`
    const item = requiredObject(given, path, 'an item: an object with a type')
    const type = optionalString(item['type'], `${path}.type`) ?? 'message'
    if (type === 'message') {
      addMessage(item, path, turns)
    } else if (type === 'reasoning') {
      const { part, carried } = readReasoningItem(item)
      const content = assistant(turns)
      if (part !== undefined) content.push(part)
      if (carried?.of === 'call') ahead = carried.signature
      else if (carried !== undefined) signLastText(content, carried.signature)
    } else if (type === 'function_call' || type === 'custom_tool_call') {
      assistant(turns).push(readCall(item, type === 'custom_tool_call', path, ahead))
      ahead = undefined
    } else if (type === 'function_call_output' || type === 'custom_tool_call_output') {
      turns.push({ role: 'tool', content: [readOutput(item, type, path)], name: undefined })
    } else {
      addOwnItem(item, type, turns)
    }
  })
  return turns
}

function addMessage(item: JsonObject, path: string, turns: Turn[]): void {
  const said = item['role']
  const role = typeof said === 'string' && Object.hasOwn(ROLES, said) ? ROLES[said] : undefined
  if (role === undefined) throw wrong(`${path}.role`, `one of ${Object.keys(ROLES).join(', ')}`, said)
  const content = readContent(item['content'], `${path}.content`)
  if (role === 'assistant') assistant(turns).push(...content)
  else turns.push({ role, content, name: undefined })
}

/** An item of a tool that is OpenAI's own. */
function addOwnItem(item: JsonObject, type: string, turns: Turn[]): void {
  const output = readOwnOutput(item, type)
  if (output !== undefined) turns.push({ role: 'tool', content: [output], name: undefined })
  else
    assistant(turns).push(
      readOwnCall(item, type) ?? { type: 'native', format: 'openai-responses', kind: type, value: item },
    )
}

/** The content of the assistant's turn that is going on, or of a new one. */
function assistant(turns: Turn[]): ContentPart[] {
  const last = turns.at(-1)
  if (last?.role === 'assistant') return last.content
  const turn: Turn = { role: 'assistant', content: [], name: undefined }
  turns.push(turn)
  return turn.content
}

function signLastText(content: ContentPart[], signature: Signature): void {
  const last = content.at(-1)
  if (last?.type === 'text') content[content.length - 1] = { ...last, signature }
  else content.push({ type: 'text', text: '', signature })
}

function readCall(item: JsonObject, isCustom: boolean, path: string, signature: Signature | undefined): ToolCallPart {
  const given = item[isCustom ? 'input' : 'arguments']
  return {
    type: 'tool-call',
    id: requiredString(item['call_id'], `${path}.call_id`),
    name: requiredString(item['name'], `${path}.name`),
    argumentsText: typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given),
    ...(isCustom ? { custom: true } : {}),
    ...(signature === undefined ? {} : { signature }),
  }
}

function readOutput(item: JsonObject, type: string, path: string): ToolResultPart {
  const name = textOf(item['name'])
  return {
    type: 'tool-result',
    callId: requiredString(item['call_id'], `${path}.call_id`),
    content: readContent(item['output'], `${path}.output`),
    ...(name === undefined ? {} : { name }),
    ...(type === 'custom_tool_call_output' ? { custom: true } : {}),
  }
}
