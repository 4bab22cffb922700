import type { ChatStep } from './adjust.ts'
import { fewStops, isSaid, renamed, without } from './adjust.ts'
import { openaiCallIds } from './call-ids.ts'
import {
  emptyArgumentsAsObject,
  thoughtChunksAsReasoning,
  typedCalls,
  withoutCacheMarks,
  withoutCallSignatures,
} from './messages.ts'
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
const DEFAULTS: Readonly<Record<string, number>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
}

/**
 * Models that think fix how they sample, and know the limit of tokens by its new name only.
 * https://platform.openai.com/docs/guides/reasoning
 */
const reasoningModel: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (!REASONS.test(model) || CHATS.test(model)) return body
  const limited = renamed('max_tokens', 'max_completion_tokens')(body, adjusting)
  if (askedReasoning(limited).effort === 'none') return limited
  const refused = FIXED.filter(
    (name) => isSaid(limited[name]) && limited[name] !== DEFAULTS[name] && limited[name] !== false,
  )
  return without(refused, 'models that think do not take it')(limited, adjusting)
}

const chatModel: ChatStep = (body, adjusting) =>
  CHATS.test(adjusting.target.model) ? effortAs(() => undefined)(body, adjusting) : body

/** `reasoning` and `thinking` are other servers' words for the effort. */
const effortAlone = effortAs((effort) => (effort === 'max' || effort === 'ultra' ? 'xhigh' : effort))

/** Members of the body that only other servers know. */
const FOREIGN = ['top_k', 'min_p', 'repetition_penalty', 'random_seed', 'safe_prompt', 'cache_control', 'provider']

const foreign = without(FOREIGN, 'OpenAI does not know it')

export const OPENAI_STEPS: readonly ChatStep[] = [
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
  // https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop
  fewStops(4),
  foreign,
]
