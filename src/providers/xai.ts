import { bearerPost, defineProvider } from '../core/provider.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, forModels, without } from './openai-chat/adjust.ts'
import { emptyArgumentsAsObject, thoughtChunksAsReasoning, withoutCallSignatures } from './openai-chat/messages.ts'
import { effortAs, withoutEarlierReasoning } from './openai-chat/reasoning.ts'
import { customToolsAsFunctions, withoutIdleToolFields } from './openai-chat/tools.ts'

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

/** Any other model answers 400 to a level. https://docs.x.ai/docs/guides/reasoning */
const effort: ChatStep = (body, adjusting) => {
  const known = LEVELS.find(([names]) => names.test(adjusting.target.model))?.[1] ?? []
  return effortAs((said) => {
    const at = ORDER.indexOf(said)
    return known.find((level) => ORDER.indexOf(level) >= at) ?? known.at(-1)
  })(body, adjusting)
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
  adjustBody: chatSteps(
    thoughtChunksAsReasoning,
    customToolsAsFunctions,
    withoutIdleToolFields,
    emptyArgumentsAsObject,
    withoutEarlierReasoning,
    withoutCallSignatures,
    effort,
    forModels(REASONS, without(['presence_penalty', 'frequency_penalty', 'stop'], 'models that think do not take it')),
    forModels(NEWER, without(['presence_penalty', 'frequency_penalty'], 'the model does not take it')),
  ),
})
