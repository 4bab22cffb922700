import { isJsonObject } from '../core/json.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, eitherApi, forModels, responseSteps, withMembers, without } from './openai-chat/adjust.ts'
import { emptyArgumentsAsObject, thoughtChunksAsReasoning, withoutCallSignatures } from './openai-chat/messages.ts'
import { effortAs, withoutEarlierReasoning } from './openai-chat/reasoning.ts'
import { plainTools, withoutIdleToolFields } from './openai-chat/tools.ts'
import { allowedToolsAlone } from './openai-responses/allowed-tools.ts'

/** Every model since Grok 4 but those named non-reasoning, and grok-3-mini. */
const REASONS = /^grok-(?:3-mini|(?:[4-9]|build|code)(?!.*non-reasoning))/
/** Refuses penalties though it does not reason. */
const NEWER = /^grok-[4-9]\.\d/
/** Models whose thinking can be told how hard, and the levels they know. */
const LEVELS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^grok-3-mini/, ['low', 'high']],
  [/^grok-4\.3/, ['none', 'low', 'medium', 'high']],
  [/^grok-(?:4\.[4-9]|[5-9])/, ['low', 'medium', 'high']],
]
const ORDER = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** A level in words that the model knows; any other model answers 400 to one. https://docs.x.ai/docs/guides/reasoning */
function levelOf(model: string, said: string): string | undefined {
  const known = LEVELS.find(([names]) => names.test(model))?.[1] ?? []
  const at = ORDER.indexOf(said)
  return known.find((level) => ORDER.indexOf(level) >= at) ?? known.at(-1)
}

const effort: ChatStep = (body, adjusting) => effortAs((said) => levelOf(adjusting.target.model, said))(body, adjusting)

const effortInResponses: ChatStep = (body, { target, lose }) => {
  const { reasoning } = body
  const said = isJsonObject(reasoning) ? reasoning['effort'] : undefined
  if (!isJsonObject(reasoning) || typeof said !== 'string') return body
  const own = levelOf(target.model, said)
  if (own === said) return body
  lose('reasoning.effort', own === undefined ? 'the model takes no level of effort' : `sent as "${own}"`)
  const rest = withMembers(reasoning, { effort: own })
  return withMembers(body, { reasoning: Object.keys(rest).length === 0 ? undefined : rest })
}

export default defineProvider({
  id: 'xai',
  format: 'openai-chat',
  // https://docs.x.ai/developers/model-capabilities/text/generate-text
  alsoSpeaks: ['openai-responses'],
  baseUrl: 'https://api.x.ai/v1',
  keyVariable: 'XAI_API_KEY',
  traits: { reasoning: 'omit', maxTokens: 'max_completion_tokens', functionsOnly: true },
  authorize: bearerPost,
  adjustBody: eitherApi(
    chatSteps(
      thoughtChunksAsReasoning,
      plainTools,
      withoutIdleToolFields,
      emptyArgumentsAsObject,
      withoutEarlierReasoning,
      withoutCallSignatures,
      effort,
      forModels(
        REASONS,
        without(['presence_penalty', 'frequency_penalty', 'stop'], 'models that think do not take it'),
      ),
      forModels(NEWER, without(['presence_penalty', 'frequency_penalty'], 'the model does not take it')),
    ),
    responseSteps(allowedToolsAlone, effortInResponses),
  ),
})
