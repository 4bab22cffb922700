import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { readTerm } from '../shared/read-billing.ts'
import { compact, countOf, objectOf, objectsOf, textOf } from '../shared/read-json.ts'

/**
 * `inputTokens` leaves out what was read from or written to the cache. `body`: what the usage stands in, whose `serviceTier`
 * is the one that served. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export function readUsage(usage: JsonObject, body: JsonObject): Usage {
  const fresh = countOf(usage['inputTokens'])
  const cachedInputTokens = countOf(usage['cacheReadInputTokens'])
  const cacheWriteTokens = countOf(usage['cacheWriteInputTokens'])
  const long = objectsOf(usage['cacheDetails']).filter((detail) => /1h$/i.test(textOf(detail['ttl']) ?? ''))
  const longCacheWriteTokens = long.reduce((sum, detail) => sum + (countOf(detail['inputTokens']) ?? 0), 0)
  const serviceTier = readTerm(objectOf(body['serviceTier'])['type'])
  return {
    inputTokens: fresh === undefined ? undefined : fresh + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0),
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: countOf(usage['outputTokens']),
    reasoningTokens: undefined,
    ...(long.length === 0 ? {} : { longCacheWriteTokens }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
}

/** What was not said is said to be zero where AWS's SDKs require a number. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens, cacheWriteTokens, longCacheWriteTokens: long } = usage
  const short = (cacheWriteTokens ?? 0) - (long ?? 0)
  return compact({
    inputTokens: Math.max(0, inputTokens - (cachedInputTokens ?? 0) - (cacheWriteTokens ?? 0)),
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cacheReadInputTokens: cachedInputTokens,
    cacheWriteInputTokens: cacheWriteTokens,
    cacheDetails:
      long === undefined
        ? undefined
        : [{ ttl: '1h', inputTokens: long }, ...(short > 0 ? [{ ttl: '5m', inputTokens: short }] : [])],
  })
}
