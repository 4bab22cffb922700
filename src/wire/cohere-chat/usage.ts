import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { NO_USAGE } from '../../core/stream-part.ts'
import { compact, countOf, objectOf } from '../shared/read-json.ts'

/** `tokens` are what the model saw and wrote; `billed_units` leave out what Cohere puts into the prompt itself. */
export function readUsage(usage: JsonObject): Usage {
  const tokens = objectOf(usage['tokens'])
  const billed = objectOf(usage['billed_units'])
  return {
    ...NO_USAGE,
    inputTokens: countOf(tokens['input_tokens']) ?? countOf(billed['input_tokens']),
    cachedInputTokens: countOf(usage['cached_tokens']),
    outputTokens: countOf(tokens['output_tokens']) ?? countOf(billed['output_tokens']),
  }
}

/** Another provider bills what it counts. */
export function writeUsage({ inputTokens, outputTokens, cachedInputTokens }: Usage): JsonObject {
  const counts = compact({ input_tokens: inputTokens, output_tokens: outputTokens })
  return compact({ billed_units: counts, tokens: counts, cached_tokens: cachedInputTokens })
}
