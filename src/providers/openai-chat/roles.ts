import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Adjusting } from '../../core/provider.ts'
import type { ChatStep } from './adjust.ts'
import { withMembers } from './adjust.ts'
import { calledOf, callsOf, messagesOf } from './messages.ts'

/** Turns of one role in a row as one turn, for providers that want roles to alternate. Nothing is lost. */
export const alternatingRoles: ChatStep = (body) => {
  const messages = messagesOf(body)
  const merged: JsonObject[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    const { role } = message
    const isMergeable = (role === 'user' || role === 'assistant') && last?.['role'] === role
    if (last === undefined || !isMergeable) merged.push(message)
    else merged.splice(-1, 1, { ...last, content: joined(last['content'], message['content']) })
  }
  return merged.length === messages.length ? body : withMembers(body, { messages: merged })
}

/** Two contents as one: as text where both are, else as a list of parts. */
function joined(first: JsonValue | undefined, second: JsonValue | undefined): JsonValue {
  if (typeof first === 'string' && typeof second === 'string')
    return [first, second].filter((text) => text !== '').join('\n\n')
  return [...partsOf(first), ...partsOf(second)]
}

function partsOf(content: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(content)) return content
  return typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : []
}

/** System messages after the first turn as words of the user, for providers that take them at the beginning only. */
export const systemFirst: ChatStep = (body, { lose }) => {
  let hasBegun = false
  let isChanged = false
  const messages = messagesOf(body).map((message, index) => {
    const isSystem = message['role'] === 'system'
    hasBegun ||= !isSystem
    if (!isSystem || !hasBegun) return message
    isChanged = true
    lose(
      `messages[${index}].role`,
      'the provider takes system messages at the beginning only; sent as words of the user',
    )
    return { ...message, role: 'user' }
  })
  return isChanged ? withMembers(body, { messages }) : body
}

/** Calls and results of a history as text, for models without tools (design/tool-calling.md §3.4). */
export const toolsAsText: ChatStep = (body, adjusting) => {
  const names = new Map<string, string>()
  let isChanged = false
  const messages = messagesOf(body).map((message, index) => {
    const calls = callsOf(message)
    const isResult = message['role'] === 'tool'
    if (calls.length === 0 && !isResult) return message
    isChanged = true
    return isResult ? resultAsText(message, index, names, adjusting) : callsAsText(message, index, names, adjusting)
  })
  return isChanged ? withMembers(body, { messages }) : body
}

type Names = Map<string, string>

function callsAsText(message: JsonObject, index: number, names: Names, { lose }: Adjusting): JsonObject {
  lose(`messages[${index}].tool_calls`, 'the provider knows no tools; sent as text')
  const texts = callsOf(message).map((call) => {
    const { name, arguments: text, input } = calledOf(call)
    const { id } = call
    if (typeof id === 'string' && typeof name === 'string') names.set(id, name)
    return `<tool_call>\n${JSON.stringify({ name: name ?? '', arguments: text ?? input ?? '{}' })}\n</tool_call>`
  })
  return withMembers(message, {
    content: joined(message['content'] ?? '', texts.join('\n')),
    tool_calls: undefined,
  })
}

function resultAsText(message: JsonObject, index: number, names: Names, { lose }: Adjusting): JsonObject {
  lose(`messages[${index}]`, 'the provider knows no tool results; sent as words of the user')
  const id = message['tool_call_id']
  const name = message['name'] ?? (typeof id === 'string' ? names.get(id) : undefined) ?? ''
  const content = partsOf(message['content'])
    .map((part) => (isJsonObject(part) ? part['text'] : ''))
    .join('')
  return { role: 'user', content: `<tool_response>\n${JSON.stringify({ name, content })}\n</tool_response>` }
}
