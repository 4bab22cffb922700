import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { readTerm } from '../shared/read-billing.ts'
import { countOf, objectOf, objectsOf } from '../shared/read-json.ts'

/**
 * Anthropic counts cached tokens outside `input_tokens`; we report the sum.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#tracking-cache-performance
 */
export function readUsage(usage: JsonObject): Usage {
  // The only tokens that the counts at the top leave out. What other models did (`advisor_message`) has other prices.
  const compactions = objectsOf(usage['iterations']).filter(({ type }) => type === 'compaction')
  const counted = (name: string): number | undefined => {
    const said = countOf(usage[name])
    return said === undefined ? undefined : compactions.reduce((sum, one) => sum + (countOf(one[name]) ?? 0), said)
  }
  const fresh = counted('input_tokens')
  const cachedInputTokens = counted('cache_read_input_tokens')
  const cacheWriteTokens = counted('cache_creation_input_tokens')
  const longCacheWriteTokens = countOf(objectOf(usage['cache_creation'])['ephemeral_1h_input_tokens'])
  const webSearches = countOf(objectOf(usage['server_tool_use'])['web_search_requests'])
  const serviceTier = readTerm(usage['service_tier'])
  const speed = readTerm(usage['speed'])
  const inferenceGeo = readTerm(usage['inference_geo'])
  return {
    inputTokens: fresh === undefined ? undefined : fresh + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0),
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: counted('output_tokens'),
    reasoningTokens: countOf(objectOf(usage['output_tokens_details'])['thinking_tokens']),
    ...(longCacheWriteTokens === undefined ? {} : { longCacheWriteTokens }),
    ...(webSearches === undefined ? {} : { webSearches }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(speed === undefined ? {} : { speed }),
    ...(inferenceGeo === undefined ? {} : { inferenceGeo }),
  }
}

/** What was not said is said to be zero: SDKs add these numbers up. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage
  const { longCacheWriteTokens, reasoningTokens } = usage
  return {
    input_tokens: Math.max(0, inputTokens - cachedInputTokens - cacheWriteTokens),
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedInputTokens,
    ...(longCacheWriteTokens === undefined
      ? {}
      : {
          cache_creation: {
            ephemeral_5m_input_tokens: Math.max(0, cacheWriteTokens - longCacheWriteTokens),
            ephemeral_1h_input_tokens: longCacheWriteTokens,
          },
        }),
    output_tokens: outputTokens,
    ...(reasoningTokens === undefined ? {} : { output_tokens_details: { thinking_tokens: reasoningTokens } }),
  }
}
