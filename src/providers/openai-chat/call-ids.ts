import type { JsonObject } from '../../core/json.ts'
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
 * same ids, and a longer one gives its beginning the same. Ids that are used again in a later turn are told apart; a
 * result belongs to the last call of its id.
 */
export function callIds(newId: (call: HistoryCall) => string): ChatStep {
  return (body) => {
    const ids = new Map<string, string>()
    const taken = new Set<string>()
    let index = 0
    let isChanged = false

    function renew(id: string, name: string): string {
      const own = newId({ id, name, index, taken })
      index += 1
      taken.add(own)
      ids.set(id, own)
      isChanged ||= own !== id
      return own
    }

    function edit(message: JsonObject): JsonObject {
      const calls = callsOf(message)
      if (message['role'] === 'assistant' && calls.length > 0) {
        const renewed = calls.map((call) => ({
          ...call,
          id: renew(textOf(call['id']), textOf(calledOf(call)['name'])),
        }))
        return { ...message, tool_calls: renewed }
      }
      if (message['role'] !== 'tool') return message
      const id = textOf(message['tool_call_id'])
      return { ...message, tool_call_id: ids.get(id) ?? renew(id, textOf(message['name'])) }
    }

    const messages = messagesOf(body).map(edit)
    return isChanged ? withMembers(body, { messages }) : body
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
