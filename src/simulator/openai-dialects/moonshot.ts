import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { listOf, memberOf, objectsOf, textOf } from '../read-json.ts'
import { moonshotProblem } from '../tool-schema.ts'
import type { Dialect } from './dialect.ts'
import { idsOf, isReasoning, openaiCall, plainError, plainUsage, refused } from './dialect.ts'

const THINKERS = /thinking|kimi-k2[.-][5-9]|kimi-k[3-9]/i
const CANONICAL_ID = /^functions\.[\w-]+:\d+$/

/** Moonshot; members that it does not know are left out. https://platform.moonshot.ai/docs/api/chat */
export const moonshot: Dialect = {
  id: 'moonshot',
  check(body) {
    const messages = objectsOf(body['messages'])
    return checkMessages(messages) ?? checkThinking(body, messages) ?? checkTools(body)
  },
  // Calls with ids of another make leave Kimi silent: it falls out of its own pattern.
  // tool-calling.md §5.18, https://github.com/MoonshotAI/K2-Vendor-Verifier
  isSilent: (body) =>
    objectsOf(body['messages'])
      .flatMap(({ tool_calls: calls }) => idsOf(calls))
      .some((id) => !CANONICAL_ID.test(id)),
  writeCallId: (call, name, index) => `functions.${name}:${call.earlierCalls + index}`,
  writeError: ({ message, type }) => plainError({ message, type }),
  answerId: 'chatcmpl',
  reasoning: (text) => ({ reasoning_content: text }),
  writeCall: openaiCall,
  callChunks: 'pieces',
  contentBesideCalls: '',
  lastDelta: {},
  usage: (answer) => ({ ...plainUsage(answer), cached_tokens: 0 }),
  usageChunks: 'last',
  extras: () => ({}),
}

function checkMessages(messages: readonly JsonObject[]): Rejection | undefined {
  if (messages.length === 0) return refused('Invalid request: messages must not be empty')
  const known = new Set<string>()
  for (const [index, message] of messages.entries()) {
    const { role, content } = message
    const hasContent = Array.isArray(content) ? content.length > 0 : (content ?? '') !== ''
    // The sentence is Moonshot's own.
    if (role === 'assistant' && !hasContent && listOf(message['tool_calls']).length === 0) {
      return refused(`Invalid request: the message at position ${index} with role 'assistant' must not be empty`)
    }
    for (const id of idsOf(message['tool_calls'])) known.add(id)
    if (role === 'tool' && !known.has(textOf(message['tool_call_id']))) {
      return refused(`Invalid request: tool_call_id ${textOf(message['tool_call_id'])} is not found`)
    }
  }
  return undefined
}

/** With calls, and not `""`. https://github.com/mastra-ai/mastra/issues/12592, https://github.com/earendil-works/pi/pull/4178 */
function checkThinking(body: JsonObject, messages: readonly JsonObject[]): Rejection | undefined {
  const isOff = memberOf(body['thinking'], 'type') === 'disabled'
  if (isOff || !isReasoning(body, THINKERS)) return undefined
  const index = messages.findIndex(
    (message) => listOf(message['tool_calls']).length > 0 && (message['reasoning_content'] ?? '') === '',
  )
  if (index >= 0) {
    return refused(
      `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${index}`,
    )
  }
  const choice = body['tool_choice']
  const isForced = choice === 'required' || (typeof choice === 'object' && choice !== null)
  return isForced ? refused("tool_choice 'specified' is incompatible with thinking enabled") : undefined
}

/** A subset of JSON Schema whose root is an object. https://github.com/MoonshotAI/walle */
function checkTools(body: JsonObject): Rejection | undefined {
  for (const { function: described } of objectsOf(body['tools'])) {
    const parameters = memberOf(described, 'parameters')
    if (parameters === undefined || parameters === null) continue
    if (memberOf(parameters, 'type') !== 'object') {
      return refused(
        `Invalid request: function name ${textOf(memberOf(described, 'name'))}: parameters must be of type object`,
      )
    }
    const problem = moonshotProblem(parameters)
    if (problem !== undefined) {
      return refused(
        `Invalid request: tools.function.parameters is not a valid moonshot flavored json schema, details: <${problem}>`,
      )
    }
  }
  return undefined
}
