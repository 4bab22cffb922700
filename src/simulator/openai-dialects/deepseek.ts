import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { checkCallOrder } from '../openai-chat/check-messages.ts'
import { writeError } from '../openai-chat/rejection.ts'
import { memberOf, objectsOf, textOf } from '../read-json.ts'
import type { Dialect } from './dialect.ts'
import { isReasoning, openaiCall, plainUsage, refused } from './dialect.ts'

const REASONERS = /reasoner|deepseek-v4|deepseek-r1/i
const ROLES = ['system', 'user', 'assistant', 'tool']

/** DeepSeek; members that it does not know are left out. https://api-docs.deepseek.com/api/create-chat-completion */
export const deepseek: Dialect = {
  id: 'deepseek',
  check(body) {
    const messages = objectsOf(body['messages'])
    if (messages.length === 0) return told('Empty input messages')
    return (
      checkShape(messages) ??
      checkTools(body) ??
      checkReasoning(body, messages) ??
      checkOptions(body) ??
      checkCallOrder(messages)
    )
  },
  writeCallId: (_call, _name, index, random) => `call_${String(index).padStart(2, '0')}_${random(24)}`,
  writeError,
  answerId: 'plain',
  reasoning: (text) => ({ content: null, reasoning_content: text }),
  writeCall: (id, name, args, index) => ({ index, ...openaiCall(id, name, args, index, false) }),
  callChunks: 'pieces',
  contentBesideCalls: '',
  lastDelta: { content: '' },
  usage: (answer) => ({
    ...plainUsage(answer),
    prompt_tokens_details: { cached_tokens: 0 },
    ...(answer.reasoningTokens > 0 ? { completion_tokens_details: { reasoning_tokens: answer.reasoningTokens } } : {}),
    prompt_cache_hit_tokens: 0,
    prompt_cache_miss_tokens: answer.promptTokens,
  }),
  usageChunks: 'last',
  extras: (place) => ({
    system_fingerprint: 'fp_simulated',
    ...(place === 'first' || place === 'middle' ? { usage: null } : {}),
  }),
}

/** https://github.com/1jehuang/jcode/issues/310 */
function checkShape(messages: readonly JsonObject[]): Rejection | undefined {
  for (const [index, message] of messages.entries()) {
    const role = textOf(message['role'])
    if (!ROLES.includes(role)) {
      const known = ROLES.map((name) => `\`${name}\``).join(', ')
      return unreadable(`messages[${index}].role: unknown variant \`${role}\`, expected one of ${known}`)
    }
    const odd = objectsOf(message['content']).find(({ type }) => type !== 'text')
    if (odd !== undefined) {
      return unreadable(`messages[${index}]: unknown variant \`${textOf(odd['type'])}\`, expected \`text\``)
    }
  }
  return undefined
}

/** "Currently, only `function` is supported." https://api-docs.deepseek.com/api/create-chat-completion */
function checkTools(body: JsonObject): Rejection | undefined {
  const types = [
    ...objectsOf(body['tools']).map(({ type }, index) => [`tools[${index}]`, type] as const),
    ...objectsOf(body['messages']).flatMap(({ tool_calls: calls }, at) =>
      objectsOf(calls).map(({ type }, index) => [`messages[${at}].tool_calls[${index}]`, type] as const),
    ),
  ]
  const odd = types.find(([, type]) => type !== undefined && type !== 'function')
  if (odd === undefined) return undefined
  return unreadable(`${odd[0]}.type: unknown variant \`${textOf(odd[1])}\`, expected \`function\``)
}

/** On every message of the assistant's, `""` included. https://github.com/continuedev/continue/issues/11285, https://github.com/openclaw/openclaw/issues/73417 */
function checkReasoning(body: JsonObject, messages: readonly JsonObject[]): Rejection | undefined {
  if (!isReasoning(body, REASONERS)) return undefined
  const index = messages.findIndex(
    (message) => message['role'] === 'assistant' && typeof message['reasoning_content'] !== 'string',
  )
  return index < 0
    ? undefined
    : told(
        `Missing \`reasoning_content\` field in the assistant message at message index ${index}. For more information, please refer to https://api-docs.deepseek.com/guides/thinking_mode#tool-calls`,
      )
}

/** https://api-docs.deepseek.com/guides/json_mode has no schema; the old reasoner takes no choice (tool-calling.md §1.1). */
function checkOptions(body: JsonObject): Rejection | undefined {
  if (memberOf(body['response_format'], 'type') === 'json_schema') {
    return told('This response_format type is unavailable now')
  }
  const choice = body['tool_choice']
  const isForced = choice === 'required' || typeof choice === 'object'
  if (isForced && choice !== null && /reasoner/.test(textOf(body['model']))) {
    return told('deepseek-reasoner does not support this tool_choice')
  }
  return undefined
}

function unreadable(problem: string): Rejection {
  return told(`Failed to deserialize the JSON body into the target type: ${problem} at line 1 column 1`)
}

function told(message: string): Rejection {
  return refused(message, 'invalid_request_error', 'invalid_request_error')
}
