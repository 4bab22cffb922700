import type { JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from './adjust.ts'
import { chatSteps, fewStops, isSaid, renamed, withMembers, without } from './adjust.ts'
import { openaiCallIds } from './call-ids.ts'
import {
  emptyArgumentsAsObject,
  thoughtChunksAsReasoning,
  typedCalls,
  withoutCacheMarks,
  withoutCallSignatures,
} from './messages.ts'
import { objectSchemas, objectTextFormat } from './object-schemas.ts'
import { askedReasoning, effortAs, withoutEarlierReasoning } from './reasoning.ts'
import { withoutIdleToolFields } from './tools.ts'

// What OpenAI's own servers refuse, at OpenAI and at Azure: members and members of messages that they do not know.

const REASONS = /^(?:o[1-9]|gpt-[5-9])/
const CHATS = /^(?:gpt-[34]|chatgpt|gpt-[5-9][\d.]*-chat)/

/** Metadata is for stored answers: `The 'metadata' parameter is only allowed when 'store' is enabled.` */
const metadataIfStored: ChatStep = (body, adjusting) =>
  body['store'] === true
    ? body
    : without(['metadata'], 'labels are kept with stored answers only (store: true)')(body, adjusting)

const FIXED = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'logit_bias',
]
const NOT_WHILE_THINKING = 'models that think do not take it'
const DEFAULTS: Readonly<Record<string, number>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
}

function isChosen(name: string, value: JsonValue | undefined): boolean {
  return isSaid(value) && value !== DEFAULTS[name] && value !== false
}

function isReasoning(model: string): boolean {
  return REASONS.test(model) && !CHATS.test(model)
}

/**
 * Models that think fix how they sample, and know the limit of tokens by its new name only.
 * https://platform.openai.com/docs/guides/reasoning
 */
const reasoningModel: ChatStep = (body, adjusting) => {
  if (!isReasoning(adjusting.target.model)) return body
  const limited = renamed('max_tokens', 'max_completion_tokens')(body, adjusting)
  if (askedReasoning(limited).effort === 'none') return limited
  const refused = FIXED.filter((name) => isChosen(name, limited[name]))
  return without(refused, NOT_WHILE_THINKING)(limited, adjusting)
}

const chatModel: ChatStep = (body, adjusting) =>
  CHATS.test(adjusting.target.model) ? effortAs(() => undefined)(body, adjusting) : body

/** `reasoning` and `thinking` are other servers' words for the effort. */
const effortAlone = effortAs((effort) => (effort === 'max' || effort === 'ultra' ? 'xhigh' : effort))

/** Members of the body that only other servers know. */
const FOREIGN = ['top_k', 'min_p', 'repetition_penalty', 'random_seed', 'safe_prompt', 'cache_control', 'provider']

const foreign = without(FOREIGN, 'OpenAI does not know it')

const OPENAI_STEPS: readonly ChatStep[] = [
  withoutIdleToolFields,
  emptyArgumentsAsObject,
  openaiCallIds,
  thoughtChunksAsReasoning,
  withoutEarlierReasoning,
  typedCalls,
  withoutCallSignatures,
  withoutCacheMarks,
  chatModel,
  effortAlone,
  reasoningModel,
  metadataIfStored,
  objectSchemas,
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
  fewStops(4),
  foreign,
]

/** What OpenAI's own models refuse, in either of its APIs. */
export const openaiBody: ChatStep = (body, adjusting) =>
  adjusting.format === 'openai-responses'
    ? reasoningResponse(objectTextFormat(body, adjusting), adjusting)
    : chatSteps(...OPENAI_STEPS)(body, adjusting)

const LOGPROBS = 'message.output_text.logprobs'

/**
 * The same in the Responses API: "Unsupported parameter: 'temperature' is not supported with this model.", "logprobs are
 * not supported with reasoning models." https://github.com/OpenHands/software-agent-sdk/issues/1837,
 * https://github.com/vllm-project/vllm/pull/23319
 */
const reasoningResponse: ChatStep = (body, adjusting) => {
  const { reasoning, include } = body
  const effort = isJsonObject(reasoning) ? reasoning['effort'] : undefined
  if (!isReasoning(adjusting.target.model) || effort === 'none') return body
  const refused = FIXED.filter((name) => isChosen(name, body[name]))
  const bare = without(refused, NOT_WHILE_THINKING)(body, adjusting)
  if (!Array.isArray(include) || !include.includes(LOGPROBS)) return bare
  adjusting.lose(`include[${include.indexOf(LOGPROBS)}]`, NOT_WHILE_THINKING)
  const kept = include.filter((one: JsonValue) => one !== LOGPROBS)
  return withMembers(bare, { include: kept.length === 0 ? undefined : kept })
}
