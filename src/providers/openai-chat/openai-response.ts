import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatStep } from './adjust.ts'
import { isSaid, withMembers, without } from './adjust.ts'
import { objectTextFormat } from './object-schemas.ts'
import { isChat, openaiEffort, takesVerbosity, thinks } from './openai-family.ts'
import { FIXED, isChosen, NOT_WHILE_THINKING } from './openai-sampling.ts'
import { NO_SUCH_LEVEL } from './reasoning.ts'

// What OpenAI's own models refuse in the Responses API.

const LOGPROBS = 'message.output_text.logprobs'
const STATE = 'reasoning.encrypted_content'

/** "Unsupported parameter: 'reasoning.effort' is not supported with this model.", and levels that it does not know. */
const effort: ChatStep = (body, { target, lose }) => {
  const { reasoning } = body
  if (!isJsonObject(reasoning)) return body
  if (isChat(target.model)) {
    for (const [name, value] of Object.entries(reasoning))
      if (isSaid(value) && value !== 'none') lose(`reasoning.${name}`, 'the model does not think')
    return withMembers(body, { reasoning: undefined })
  }
  const { effort: said, ...rest } = reasoning
  if (typeof said !== 'string') return body
  const own = openaiEffort(target.model, said)
  if (own === said) return body
  if (own === undefined) {
    lose('reasoning.effort', NO_SUCH_LEVEL)
    return withMembers(body, { reasoning: Object.keys(rest).length === 0 ? undefined : rest })
  }
  if (own !== said.toLowerCase()) lose('reasoning.effort', `sent as "${own}"`)
  return withMembers(body, { reasoning: { ...reasoning, effort: own } })
}

/** "Encrypted content is not supported with this model.": there are no thoughts to be had. */
const withoutState: ChatStep = (body, { target }) => (isChat(target.model) ? withoutIncluded(body, STATE) : body)

/**
 * "Unsupported parameter: 'temperature' is not supported with this model.", "logprobs are not supported with reasoning
 * models." https://github.com/OpenHands/software-agent-sdk/issues/1837, https://github.com/vllm-project/vllm/pull/23319
 */
const sampling: ChatStep = (body, adjusting) => {
  const { reasoning, include } = body
  const level = isJsonObject(reasoning) ? reasoning['effort'] : undefined
  if (!thinks(adjusting.target.model, typeof level === 'string' ? level : undefined)) return body
  const refused = FIXED.filter((name) => isChosen(name, body[name]))
  const bare = without(refused, NOT_WHILE_THINKING)(body, adjusting)
  if (!Array.isArray(include) || !include.includes(LOGPROBS)) return bare
  adjusting.lose(`include[${include.indexOf(LOGPROBS)}]`, NOT_WHILE_THINKING)
  return withoutIncluded(bare, LOGPROBS)
}

const verbosity: ChatStep = (body, { target, lose }) => {
  const { text } = body
  if (!isJsonObject(text) || !isSaid(text['verbosity'])) return body
  if (takesVerbosity(target.model) || text['verbosity'] === 'medium') return body
  lose('text.verbosity', 'the model takes no other than medium')
  const { verbosity: _, ...rest } = text
  return withMembers(body, { text: Object.keys(rest).length === 0 ? undefined : rest })
}

function withoutIncluded(body: JsonObject, one: string): JsonObject {
  const { include } = body
  if (!Array.isArray(include) || !include.includes(one)) return body
  const kept = include.filter((other: JsonValue) => other !== one)
  return withMembers(body, { include: kept.length === 0 ? undefined : kept })
}

const STEPS = [objectTextFormat, effort, withoutState, sampling, verbosity]

/** A Responses body as OpenAI takes it; the same object when nothing changes. */
export const openaiResponse: ChatStep = (body, adjusting) =>
  STEPS.reduce((adjusted, step) => step(adjusted, adjusting), body)
