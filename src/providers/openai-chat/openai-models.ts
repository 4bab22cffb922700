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
import { objectSchemas } from './object-schemas.ts'
import {
  isChat,
  isReasoning,
  openaiEffort,
  takesParallelCalls,
  takesStop,
  takesVerbosity,
  thinks,
} from './openai-family.ts'
import { openaiResponse } from './openai-response.ts'
import { FIXED, isChosen, NOT_WHILE_THINKING } from './openai-sampling.ts'
import { askedReasoning, effortAs, NO_REASONING, withoutEarlierReasoning } from './reasoning.ts'
import { withoutIdleToolFields } from './tools.ts'

// What OpenAI's own servers refuse, at OpenAI and at Azure: members and members of messages that they do not know.

/** Metadata is for stored answers: `The 'metadata' parameter is only allowed when 'store' is enabled.` */
const metadataIfStored: ChatStep = (body, adjusting) =>
  body['store'] === true
    ? body
    : without(['metadata'], 'labels are kept with stored answers only (store: true)')(body, adjusting)

/**
 * Models that think fix how they sample, and know the limit of tokens by its new name only.
 * https://platform.openai.com/docs/guides/reasoning
 */
const reasoningModel: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  if (!isReasoning(model)) return body
  const limited = renamed('max_tokens', 'max_completion_tokens')(body, adjusting)
  if (!thinks(model, askedReasoning(limited).effort)) return limited
  const refused = FIXED.filter((name) => isChosen(name, limited[name]))
  return without(refused, NOT_WHILE_THINKING)(limited, adjusting)
}

/** `reasoning` and `thinking` are other servers' words for the effort; of the levels each model knows some. */
const effort: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  // A model that does not think loses nothing by being told not to.
  if (isChat(model) && askedReasoning(body).effort === 'none') return withMembers(body, NO_REASONING)
  return effortAs((said) => openaiEffort(model, said))(body, adjusting)
}

const FIXED_VERBOSITY = 'the model takes no other than medium'

const verbosity: ChatStep = (body, adjusting) =>
  takesVerbosity(adjusting.target.model) || body['verbosity'] === 'medium'
    ? body
    : without(['verbosity'], FIXED_VERBOSITY)(body, adjusting)

const withoutStop = without(['stop'], 'the model takes no stop sequences')

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const stop: ChatStep = (body, adjusting) => {
  const { model } = adjusting.target
  return takesStop(model) ? fewStops(4)(body, adjusting) : withoutStop(body, adjusting)
}

const parallelCalls: ChatStep = (body, { target, lose }) => {
  const { parallel_tool_calls: said } = body
  if (said === undefined || takesParallelCalls(target.model)) return body
  if (isSaid(said)) lose('parallel_tool_calls', 'the model decides how many tools it calls at once')
  return withMembers(body, { parallel_tool_calls: undefined })
}

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
  effort,
  verbosity,
  reasoningModel,
  metadataIfStored,
  objectSchemas,
  stop,
  parallelCalls,
  foreign,
]

/** What OpenAI's own models refuse, in either of its APIs. */
export const openaiBody: ChatStep = (body, adjusting) =>
  adjusting.format === 'openai-responses'
    ? openaiResponse(body, adjusting)
    : chatSteps(...OPENAI_STEPS)(body, adjusting)
