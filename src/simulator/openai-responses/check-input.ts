import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { invalid } from '../openai-chat/rejection.ts'
import { listOf, memberOf, textOf } from '../read-json.ts'
import { findProblem } from '../shape.ts'
import type { Seal } from '../signature.ts'
import { checkSeal } from '../signature.ts'
import { invalidShape } from './rejection.ts'
import { MESSAGES } from './request-shape.ts'

/** What an item's id begins with. https://github.com/continuedev/continue/pull/11785 */
const PREFIXES: Readonly<Record<string, string>> = { function_call: 'fc', reasoning: 'rs', message: 'msg' }

/** Ids of the simulator's own items; the `r` says that reasoning came with it. See `write-items.ts`. */
const OWN = /^(?:fc|msg)_([0-9a-f]+)_\d+r$/

/** What OpenAI refuses in `input` whose shape is right. */
export function checkInput(body: JsonObject, seal: Seal): Rejection | undefined {
  const { input } = body
  if (input === undefined || input === null) {
    return invalid(
      'One of "input" or "previous_response_id" or \'prompt\' or \'conversation_id\' must be provided.',
      'input',
      'missing_required_parameter',
    )
  }
  const items = listOf(input).filter(isJsonObject)
  for (const [index, item] of items.entries()) {
    const problem = checkItem(item, index) ?? checkReasoning(item, items[index + 1], body, seal)
    if (problem !== undefined) return problem
  }
  return checkThoughts(items) ?? checkCalls(items)
}

function checkItem(item: JsonObject, index: number): Rejection | undefined {
  const type = textOf(item['type'] ?? 'message')
  if (type === 'message') {
    const shape = MESSAGES[textOf(item['role'])]
    const finding = shape === undefined ? undefined : findProblem(item, shape, { isNullAbsent: true }, ['input', index])
    if (finding !== undefined) return invalidShape(finding)
  }
  const prefix = PREFIXES[type]
  const { id } = item
  // A message of the client's own has no id to begin with anything.
  if (prefix !== undefined && typeof id === 'string' && id !== '' && !id.startsWith(prefix)) {
    return invalid(
      `Invalid 'input[${index}].id': '${id}'. Expected an ID that begins with '${prefix}'.`,
      `input[${index}].id`,
      'invalid_value',
    )
  }
  return undefined
}

/** Reasoning goes back sealed as it came, or by the id it is stored under; and what it led to follows. */
function checkReasoning(
  item: JsonObject,
  next: JsonObject | undefined,
  body: JsonObject,
  seal: Seal,
): Rejection | undefined {
  if (item['type'] === 'item_reference') return body['store'] === false ? notStored(textOf(item['id'])) : undefined
  if (item['type'] !== 'reasoning') return undefined
  const id = textOf(item['id'])
  const sealed = item['encrypted_content']
  if (typeof sealed === 'string') {
    // https://github.com/Wei-Shaw/sub2api/issues/2863
    if (checkSeal(seal, sealed) !== undefined) {
      return invalid(
        `The encrypted content ${sealed.slice(0, 8)}... could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
        null,
        'invalid_encrypted_content',
      )
    }
  } else if (body['store'] === false || !/^rs_[0-9a-f]+$/.test(id)) return notStored(id)
  // https://github.com/continuedev/continue/issues/8933
  const isFollowed = next !== undefined && FOLLOWERS.has(textOf(next['type'] ?? 'message')) && next['role'] !== 'user'
  return isFollowed
    ? undefined
    : invalid(`Item '${id}' of type 'reasoning' was provided without its required following item.`, 'input')
}

const FOLLOWERS = new Set([
  'message',
  'function_call',
  'custom_tool_call',
  'reasoning',
  'web_search_call',
  'item_reference',
])

/** An item that came with reasoning goes back with it, or without its id. https://github.com/TanStack/ai/issues/1212 */
function checkThoughts(items: readonly JsonObject[]): Rejection | undefined {
  const thoughts = new Set(items.filter(({ type }) => type === 'reasoning').map(({ id }) => textOf(id)))
  for (const item of items) {
    const id = textOf(item['id'] ?? '')
    const [, owner] = OWN.exec(id) ?? []
    if (owner === undefined || thoughts.has(`rs_${owner}`)) continue
    return invalid(
      `Item '${id}' of type '${textOf(item['type'] ?? 'message')}' was provided without its required 'reasoning' item: 'rs_${owner}'.`,
      'input',
    )
  }
  return undefined
}

/** Which call an output answers, and what both are called in refusals. */
const KINDS: Readonly<Record<string, string>> = {
  function_call: 'function call',
  function_call_output: 'function call',
  custom_tool_call: 'custom tool call',
  custom_tool_call_output: 'custom tool call',
}

/**
 * Every output has a call of its own kind before it, every call its output after it.
 * https://github.com/continuedev/continue/pull/11785, https://github.com/diegosouzapw/OmniRoute/issues/8946
 */
function checkCalls(items: readonly JsonObject[]): Rejection | undefined {
  // By id: the kind of the call.
  const open = new Map<string, string>()
  const seen = new Map<string, string>()
  for (const item of items) {
    const type = textOf(item['type'] ?? 'message')
    const id = textOf(item['call_id'] ?? '')
    const kind = KINDS[type]
    if (kind === undefined) continue
    if (!isResult(item)) {
      open.set(id, kind)
      seen.set(id, kind)
      continue
    }
    if (seen.get(id) !== kind) return invalid(`No tool call found for ${kind} output with call_id ${id}.`, 'input')
    open.delete(id)
  }
  const [unanswered] = open
  if (unanswered === undefined) return undefined
  const [id, kind] = unanswered
  return invalid(`No tool output found for ${kind} ${id}.`, 'input')
}

/** The simulator stores nothing. https://github.com/can1357/oh-my-pi/issues/41 */
function notStored(id: string): Rejection {
  return {
    ...invalid(
      `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
      'input',
    ),
    status: 404,
  }
}

/** True for an item that is a result. */
export function isResult(item: JsonValue | undefined): boolean {
  const type = memberOf(item, 'type')
  return type === 'function_call_output' || type === 'custom_tool_call_output'
}
