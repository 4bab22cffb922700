import type { JsonObject } from '../../core/json.ts'
import type { Answer } from '../answer.ts'
import type { Rejection } from '../format.ts'
import { checkRequest } from '../openai-chat/check-request.ts'
import { memberOf, objectsOf, textOf } from '../read-json.ts'
import { draftWords } from '../tool-schema.ts'
import type { Dialect } from './dialect.ts'
import { openaiCall, plainError, plainUsage, refused } from './dialect.ts'

/** Members of a message, beside those of OpenAI's. https://console.groq.com/docs/api-reference#chat-create */
const MESSAGE_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  system: ['role', 'content', 'name'],
  user: ['role', 'content', 'name'],
  assistant: ['role', 'content', 'name', 'tool_calls', 'function_call', 'reasoning', 'annotations', 'executed_tools'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
}

const OWN_MEMBERS = [
  'reasoning_format',
  'include_reasoning',
  'documents',
  'search_settings',
  'citation_options',
  'compound_custom',
]

/** https://console.groq.com/docs/openai#currently-unsupported-openai-features */
const UNSUPPORTED = ['logprobs', 'logit_bias', 'top_logprobs']

/** Groq. https://console.groq.com/docs/api-reference#chat-create */
export const groq: Dialect = {
  id: 'groq',
  check: (body) => checkMembers(body) ?? checkRest(body),
  writeCallId: (_call, _name, _index, random) => random(9),
  writeError: ({ message, type, code }) => plainError({ message, type, ...(code === null ? {} : { code }) }),
  answerId: 'chatcmpl',
  reasoning: (text) => ({ reasoning: text }),
  writeCall: openaiCall,
  callChunks: 'each-whole',
  contentBesideCalls: undefined,
  lastDelta: {},
  usage,
  usageChunks: 'last',
  extras(place, answer) {
    const id = 'req_simulated'
    if (place === 'last') return { system_fingerprint: 'fp_simulated', x_groq: { id, usage: usage(answer) } }
    const own = place === 'middle' ? {} : { x_groq: { id, seed: 1 } }
    return { system_fingerprint: 'fp_simulated', ...own }
  },
}

/** https://github.com/janhq/jan/issues/8136, https://github.com/musistudio/llms/pull/64 */
function checkMembers(body: JsonObject): Rejection | undefined {
  for (const [index, message] of objectsOf(body['messages']).entries()) {
    const role = textOf(message['role'])
    const known = MESSAGE_MEMBERS[role]
    if (known === undefined) return refused(`'messages.${index}' : discriminator property 'role' has invalid value`)
    const odd = Object.keys(message).find((name) => !known.includes(name))
    if (odd === undefined) continue
    return refused(
      `'messages.${index}' : for 'role:${role}' the following must be satisfied[('messages.${index}' : property '${odd}' is unsupported)]`,
    )
  }
  const format = memberOf(body['response_format'], 'type')
  if (objectsOf(body['tools']).length > 0 && format !== undefined && format !== 'text') {
    // https://github.com/vercel/ai/pull/16540
    return refused('json mode cannot be combined with tool/function calling')
  }
  const unsupported = UNSUPPORTED.find(
    (name) => body[name] !== undefined && body[name] !== null && body[name] !== false,
  )
  if (unsupported !== undefined) return refused(`property '${unsupported}' is unsupported`)
  return typeof body['n'] === 'number' && body['n'] > 1 ? refused("'n' : number must be at most 1") : undefined
}

/** The rest is as at OpenAI, in fewer words: an unknown member is `property 'x' is unsupported`. */
function checkRest(body: JsonObject): Rejection | undefined {
  const common = Object.fromEntries(Object.entries(body).filter(([name]) => !OWN_MEMBERS.includes(name)))
  const messages = objectsOf(body['messages']).map((message) => {
    const { reasoning: _reasoning, executed_tools: _executed, ...rest } = message
    return rest
  })
  const problem = checkRequest({ ...common, messages }, draftWords)
  if (problem === undefined) return undefined
  const [, odd] = /^Unrecognized request argument supplied: (.*)$/.exec(problem.message) ?? []
  return odd === undefined ? { ...problem, param: null, code: null } : refused(`property '${odd}' is unsupported`)
}

function usage(answer: Answer): JsonObject {
  return {
    queue_time: 0.001,
    ...plainUsage(answer),
    prompt_time: 0.001,
    completion_time: 0.001,
    total_time: 0.002,
    ...(answer.reasoningTokens > 0 ? { completion_tokens_details: { reasoning_tokens: answer.reasoningTokens } } : {}),
  }
}
