import type { JsonObject } from '../../core/json.ts'
import { shortHash } from '../../core/short-hash.ts'
import { createOpenCalls } from '../../wire/shared/open-calls.ts'
import type { ChatStep } from './adjust.ts'
import { withMembers } from './adjust.ts'
import { calledOf, callsOf, messagesOf } from './messages.ts'

/** A call of the history. `index` counts all calls before it; `taken` holds the ids given so far. */
export type HistoryCall = {
  readonly id: string
  readonly name: string
  readonly index: number
  readonly taken: ReadonlySet<string>
}

/**
 * Ids of calls and of their results as a provider wants them. Without a memory of its own: the same history gives the
 * same ids, and a longer one gives its beginning the same. Ids that are used again in a later turn are told apart.
 */
export function callIds(newId: (call: HistoryCall) => string): ChatStep {
  return (body) => {
    const open = createOpenCalls()
    // The last of each: a second result goes to the call that had the first.
    const ids = new Map<string, string>()
    const taken = new Set<string>()
    let index = 0
    let isChanged = false
    let speaker: unknown

    function renew(id: string, name: string): string {
      const own = newId({ id, name, index, taken })
      index += 1
      taken.add(own)
      ids.set(id, own)
      open.call(id, own)
      isChanged ||= own !== id
      return own
    }

    function edit(message: JsonObject): JsonObject {
      const calls = callsOf(message)
      if (message['role'] === 'assistant' && speaker !== 'assistant') open.beginTurn()
      speaker = message['role']
      if (message['role'] === 'assistant' && calls.length > 0) {
        const renewed = calls.map((call) => ({
          ...call,
          id: renew(textOf(call['id']), textOf(calledOf(call)['name'])),
        }))
        return { ...message, tool_calls: renewed }
      }
      if (message['role'] !== 'tool') return message
      const id = textOf(message['tool_call_id'])
      return { ...message, tool_call_id: open.result(id) ?? ids.get(id) ?? renew(id, textOf(message['name'])) }
    }

    const messages = messagesOf(body).map(edit)
    return isChanged ? withMembers(body, { messages }) : body
  }
}

/** Another id for what `isOwn` refuses, of as many letters; unique in its request. */
function hashed(isOwn: (id: string) => boolean, prefix: string, length: number): (call: HistoryCall) => string {
  return ({ id, taken }) => {
    if (isOwn(id) && !taken.has(id)) return id
    for (let attempt = 0; ; attempt += 1) {
      const hash = prefix + shortHash(attempt === 0 ? id : `${id}#${attempt}`, length)
      if (!taken.has(hash)) return hash
    }
  }
}

/** "string too long. Expected a string with maximum length 40": vLLM's ids have 46 characters. Ids used again stay so. */
export const openaiCallIds: ChatStep = callIds((call) =>
  call.id !== '' && call.id.length <= 40 ? call.id : hashed(() => false, 'call_', 17)(call),
)

/** "must be a-z, A-Z, 0-9, with a length of 9": a hash of the whole id, since ids differ at either end. */
export const mistralCallIds: ChatStep = callIds(hashed((id) => /^[a-zA-Z0-9]{9}$/.test(id), '', 9))

/** Kimi goes silent when a history's ids are not its own. https://github.com/MoonshotAI/Kimi-K2/blob/main/docs/tool_call_guidance.md */
export const kimiCallIds: ChatStep = callIds(({ name, index }) => `functions.${name}:${index}`)

/** Ids that a model's own template wants, wherever it is served. */
export const callIdsOfModel: ChatStep = (body, adjusting) => {
  const { model, textTools } = adjusting.target
  if (/kimi/i.test(model) || textTools?.dialect.startsWith('kimi_') === true) return kimiCallIds(body, adjusting)
  return /(?:mistral|ministral|magistral|devstral|codestral|mixtral)/i.test(model)
    ? mistralCallIds(body, adjusting)
    : body
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
