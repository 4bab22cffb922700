import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { checkCallOrder } from '../openai-chat/check-messages.ts'
import { listOf, objectsOf } from '../read-json.ts'
import type { Dialect } from './dialect.ts'
import { isReasoning, openaiCall, refused } from './dialect.ts'

/** Parameters that reasoning models refuse, in the spelling of the refusal. https://docs.x.ai/docs/guides/reasoning */
const NOT_WITH_REASONING: Readonly<Record<string, string>> = {
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
  stop: 'stop',
}
const REASONERS = /grok-[4-9]|grok-3-mini/i

/** xAI; members that it does not know are left out. https://docs.x.ai/docs/api-reference#chat-completions */
export const xai: Dialect = {
  id: 'xai',
  check(body) {
    const messages = objectsOf(body['messages'])
    return checkContent(messages) ?? checkParameters(body) ?? checkCallOrder(messages)
  },
  writeCallId: (_call, _name, _index, random) => `call_${random(8)}`,
  // Strings, not objects. https://github.com/yym68686/uni-api/issues/105
  writeError: ({ message, status }) =>
    JSON.stringify({
      code: status < 500 ? 'Client specified an invalid argument' : 'The service is unavailable',
      error: message,
    }),
  answerId: 'plain',
  reasoning: (text) => ({ reasoning_content: text }),
  writeCall: openaiCall,
  callChunks: 'each-whole',
  contentBesideCalls: '',
  lastDelta: {},
  omitsOpenFinish: true,
  // Reasoning is not among the completion's tokens, but in the total: as recorded.
  usage: (answer) => ({
    prompt_tokens: answer.promptTokens,
    completion_tokens: answer.completionTokens - answer.reasoningTokens,
    total_tokens: answer.promptTokens + answer.completionTokens,
    prompt_tokens_details: { text_tokens: answer.promptTokens, audio_tokens: 0, image_tokens: 0, cached_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: answer.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    num_sources_used: 0,
  }),
  usageChunks: 'own',
  extras: () => ({ system_fingerprint: 'fp_simulated' }),
}

/** The sentence is xAI's own. */
function checkContent(messages: readonly JsonObject[]): Rejection | undefined {
  if (messages.length === 0) return refused('Messages cannot be empty.')
  const isEmpty = messages.some(({ content, tool_calls: calls }) => {
    const hasNone =
      content === undefined || content === null || content === '' || (Array.isArray(content) && content.length === 0)
    return hasNone && listOf(calls).length === 0
  })
  return isEmpty ? refused('Each message must have at least one content element.') : undefined
}

/** https://github.com/n8n-io/n8n/issues/14581 */
function checkParameters(body: JsonObject): Rejection | undefined {
  if (!isReasoning(body, REASONERS)) return undefined
  const odd = Object.keys(NOT_WITH_REASONING).find((name) => body[name] !== undefined && body[name] !== null)
  return odd === undefined ? undefined : refused(`Argument not supported on this model: ${NOT_WITH_REASONING[odd]}`)
}
