import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { SimulatedCall } from '../format.ts'
import { memberOf, numberOf, stringsOf, textOf } from '../read-json.ts'
import type { TextOrTokens } from '../text-or-tokens.ts'
import { countTokens, readTextsOrTokens } from '../text-or-tokens.ts'

/** A call for completions: `choices` counts those of all prompts, one prompt after the other. */
export type CompletionsCall = SimulatedCall & {
  /** The text of each. */
  readonly prompts: readonly string[]
  readonly isEchoed: boolean
  /** Alternatives at each token; `undefined` = no probabilities at all. */
  readonly logprobs: number | undefined
}

/** https://platform.openai.com/docs/api-reference/completions/create#completions-create-max_tokens */
export const DEFAULT_MAX_TOKENS = 16

/** A body that has been checked as a call. */
export function readCall(body: JsonObject): CompletionsCall {
  const { stop, suffix } = body
  const prompts = readPrompts(body['prompt']) ?? []
  const given = prompts.reduce((sum, prompt) => sum + countTokens(prompt), 0)
  return {
    model: String(body['model']),
    prompts: prompts.map(shown),
    isEchoed: body['echo'] === true,
    logprobs: numberOf(body['logprobs']),
    isStreamed: body['stream'] === true,
    includesUsage: memberOf(body['stream_options'], 'include_usage') === true,
    maxTokens: numberOf(body['max_tokens']) ?? DEFAULT_MAX_TOKENS,
    stop: stringsOf(typeof stop === 'string' ? [stop] : stop),
    choices: prompts.length * (numberOf(body['n']) ?? 1),
    tools: [],
    toolChoice: 'none',
    allowsParallelCalls: true,
    shape: { type: 'text' },
    endsWithToolResult: false,
    earlierCalls: 0,
    promptTokens: given + countTokens(typeof suffix === 'string' ? suffix : ''),
  }
}

/** The prompts of a body; one that says none gets a new document. `undefined` when they are neither texts nor tokens. */
export function readPrompts(prompt: JsonValue | undefined): readonly TextOrTokens[] | undefined {
  return prompt === undefined || prompt === null ? [''] : readTextsOrTokens(prompt)
}

/** Nobody here knows what tokens say, so they are shown as they are. */
function shown(prompt: TextOrTokens): string {
  return typeof prompt === 'string' ? prompt : prompt.map((token) => ` ${textOf(token)}`).join('')
}
