import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { readCost, readTerm } from '../shared/read-billing.ts'
import { compact, countOf, objectOf } from '../shared/read-json.ts'

/** `body`: what the usage stands in, whose `service_tier` is the one that served. */
export function readUsage(usage: JsonObject, body: JsonObject = {}): Usage {
  const prompt = objectOf(usage['prompt_tokens_details'])
  const completion = objectOf(usage['completion_tokens_details'])
  // SGLang and Perplexity say it at the top.
  const reasoningTokens = countOf(completion['reasoning_tokens']) ?? countOf(usage['reasoning_tokens'])
  const billedInputTokens = withCitations(usage)
  const inputAudioTokens = countOf(prompt['audio_tokens'])
  const outputAudioTokens = countOf(completion['audio_tokens'])
  // OpenRouter.
  const outputImageTokens = countOf(completion['image_tokens'])
  const serviceTier = readTerm(body['service_tier'])
  const costUsd = readCost(usage)
  return {
    inputTokens: countOf(usage['prompt_tokens']),
    // DeepSeek says prompt_cache_hit_tokens, Moonshot cached_tokens, both beside prompt_tokens.
    cachedInputTokens:
      countOf(prompt['cached_tokens']) ?? countOf(usage['prompt_cache_hit_tokens']) ?? countOf(usage['cached_tokens']),
    // Alibaba and OpenRouter.
    cacheWriteTokens: countOf(prompt['cache_creation_input_tokens']) ?? countOf(prompt['cache_write_tokens']),
    outputTokens: outputTokens(usage, reasoningTokens),
    reasoningTokens,
    ...(inputAudioTokens === undefined ? {} : { inputAudioTokens }),
    ...(outputAudioTokens === undefined ? {} : { outputAudioTokens }),
    ...(outputImageTokens === undefined ? {} : { outputImageTokens }),
    ...(billedInputTokens === undefined ? {} : { billedInputTokens }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}

/**
 * All generated tokens. xAI leaves reasoning out of `completion_tokens`, OpenAI does not; the total tells which it is.
 * https://docs.x.ai/docs/guides/reasoning
 */
function outputTokens(usage: JsonObject, reasoning: number | undefined): number | undefined {
  const completion = countOf(usage['completion_tokens'])
  const prompt = countOf(usage['prompt_tokens']) ?? 0
  if (completion === undefined || reasoning === undefined) return completion
  const isApart = countOf(usage['total_tokens']) === prompt + completion + reasoning
  return isApart || isResearch(usage, completion) ? completion + reasoning : completion
}

/**
 * Perplexity's deep research counts its reasoning and what it read of its sources beside `completion_tokens` and
 * `prompt_tokens`, leaves both out of the total, and charges for both, the sources at the prompt's rate.
 * https://docs.perplexity.ai/guides/pricing
 */
function isResearch(usage: JsonObject, completion: number): boolean {
  return countOf(usage['citation_tokens']) !== undefined || (countOf(usage['reasoning_tokens']) ?? 0) > completion
}

function withCitations(usage: JsonObject): number | undefined {
  const citations = countOf(usage['citation_tokens'])
  const prompt = countOf(usage['prompt_tokens'])
  return citations === undefined || prompt === undefined ? undefined : prompt + citations
}

/** What was not said is said to be zero where OpenAI's SDKs require a number. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0 } = usage
  const prompt = compact({
    cached_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    audio_tokens: usage.inputAudioTokens,
  })
  const completion = compact({
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: usage.outputAudioTokens,
    image_tokens: usage.outputImageTokens,
  })
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(Object.keys(prompt).length === 0 ? {} : { prompt_tokens_details: prompt }),
    ...(Object.keys(completion).length === 0 ? {} : { completion_tokens_details: completion }),
  }
}
