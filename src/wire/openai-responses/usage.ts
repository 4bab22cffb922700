import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { readCost, readTerm } from '../shared/read-billing.ts'
import { compact, countOf, objectOf } from '../shared/read-json.ts'

/**
 * `response`: what the usage stands in, whose `service_tier` is the one that served.
 * https://platform.openai.com/docs/api-reference/responses/object#responses/object-usage
 */
export function readUsage(usage: JsonObject, response: JsonObject = {}): Usage {
  const input = objectOf(usage['input_tokens_details'])
  const output = objectOf(usage['output_tokens_details'])
  const serviceTier = readTerm(response['service_tier'])
  const costUsd = readCost(usage)
  return {
    inputTokens: countOf(usage['input_tokens']),
    // The second names are Perplexity's.
    cachedInputTokens: countOf(input['cached_tokens'] ?? input['cache_read_input_tokens']),
    cacheWriteTokens: countOf(input['cache_write_tokens'] ?? input['cache_creation_input_tokens']),
    outputTokens: countOf(usage['output_tokens']),
    reasoningTokens: countOf(output['reasoning_tokens']),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}

/** What was not said is said to be zero: the format requires every number. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, reasoningTokens = 0 } = usage
  return {
    input_tokens: inputTokens,
    input_tokens_details: compact({ cached_tokens: cachedInputTokens, cache_write_tokens: usage.cacheWriteTokens }),
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: inputTokens + outputTokens,
  }
}
