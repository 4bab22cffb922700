import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { NO_USAGE } from '../../core/stream-part.ts'
import { compact, countOf, objectOf } from '../shared/read-json.ts'

/**
 * `tokens` are what the model saw and wrote; `billed_units`, which are what is charged, leave out what Cohere puts into the
 * prompt itself. https://docs.cohere.com/v2/docs/how-does-cohere-pricing-work
 */
export function readUsage(usage: JsonObject): Usage {
  const tokens = objectOf(usage['tokens'])
  const billed = objectOf(usage['billed_units'])
  const billedInputTokens = countOf(billed['input_tokens'])
  const billedOutputTokens = countOf(billed['output_tokens'])
  return {
    ...NO_USAGE,
    inputTokens: countOf(tokens['input_tokens']) ?? billedInputTokens,
    cachedInputTokens: countOf(usage['cached_tokens']),
    outputTokens: countOf(tokens['output_tokens']) ?? billedOutputTokens,
    ...(billedInputTokens === undefined ? {} : { billedInputTokens }),
    ...(billedOutputTokens === undefined ? {} : { billedOutputTokens }),
  }
}

/** Another provider charges for what it counts. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, billedInputTokens = inputTokens, billedOutputTokens = outputTokens } = usage
  return compact({
    billed_units: compact({ input_tokens: billedInputTokens, output_tokens: billedOutputTokens }),
    tokens: compact({ input_tokens: inputTokens, output_tokens: outputTokens }),
    cached_tokens: usage.cachedInputTokens,
  })
}
