import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
import { readTerm } from '../shared/read-billing.ts'
import { compact, countOf, objectsOf } from '../shared/read-json.ts'
import { field } from './fields.ts'

/**
 * `usageMetadata`. Google counts thoughts beside the candidates' tokens and the results of its own tools beside the
 * prompt's. `before`: what the stream said so far; a count may be left out where it did not change.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function readUsage(metadata: JsonObject, before: Usage | undefined): Usage | undefined {
  const count = (name: string): number | undefined => countOf(field(metadata, name))
  const prompt = count('promptTokenCount')
  const candidates = count('candidatesTokenCount')
  const thoughts = count('thoughtsTokenCount') ?? before?.reasoningTokens
  if (prompt === undefined && candidates === undefined && count('thoughtsTokenCount') === undefined) return undefined
  const inputAudioTokens = partOf(field(metadata, 'promptTokensDetails'), 'AUDIO')
  const cachedAudioTokens = partOf(field(metadata, 'cacheTokensDetails'), 'AUDIO')
  const outputAudioTokens = partOf(field(metadata, 'candidatesTokensDetails'), 'AUDIO')
  const outputImageTokens = partOf(field(metadata, 'candidatesTokensDetails'), 'IMAGE')
  const serviceTier = tierOf(metadata)
  return {
    inputTokens: prompt === undefined ? undefined : prompt + (count('toolUsePromptTokenCount') ?? 0),
    cachedInputTokens: count('cachedContentTokenCount'),
    cacheWriteTokens: undefined,
    outputTokens: candidates === undefined && thoughts === undefined ? undefined : (candidates ?? 0) + (thoughts ?? 0),
    reasoningTokens: thoughts,
    ...(inputAudioTokens === undefined ? {} : { inputAudioTokens }),
    ...(cachedAudioTokens === undefined ? {} : { cachedAudioTokens }),
    ...(outputAudioTokens === undefined ? {} : { outputAudioTokens }),
    ...(outputImageTokens === undefined ? {} : { outputImageTokens }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
  }
}

function partOf(details: JsonValue | undefined, modality: 'AUDIO' | 'IMAGE'): number | undefined {
  const part = objectsOf(details).find((detail) => detail['modality'] === modality)
  return part === undefined ? undefined : countOf(field(part, 'tokenCount'))
}

/** `serviceTier` of the Gemini API (`SERVICE_TIER_FLEX`), `trafficType` of Vertex AI (`ON_DEMAND_PRIORITY`). */
function tierOf(metadata: JsonObject): string | undefined {
  const said = readTerm(field(metadata, 'serviceTier') ?? field(metadata, 'trafficType'))
  return said?.replace(/^(?:service_tier|traffic_type|on_demand)_/, '')
}

/** What was not said is said to be zero where SDKs count on a number. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, reasoningTokens, inputAudioTokens } = usage
  const candidates = Math.max(0, outputTokens - (reasoningTokens ?? 0))
  return compact({
    promptTokenCount: inputTokens,
    candidatesTokenCount: candidates,
    totalTokenCount: inputTokens + outputTokens,
    cachedContentTokenCount: usage.cachedInputTokens,
    thoughtsTokenCount: reasoningTokens,
    promptTokensDetails: detailsOf(inputTokens, inputAudioTokens),
    cacheTokensDetails: detailsOf(usage.cachedInputTokens ?? 0, usage.cachedAudioTokens),
    candidatesTokensDetails: detailsOf(candidates, usage.outputAudioTokens, usage.outputImageTokens),
  })
}

function detailsOf(total: number, audio: number | undefined, image?: number): readonly JsonObject[] | undefined {
  if (audio === undefined && image === undefined) return undefined
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, total - (audio ?? 0) - (image ?? 0)) },
    ...(audio === undefined ? [] : [{ modality: 'AUDIO', tokenCount: audio }]),
    ...(image === undefined ? [] : [{ modality: 'IMAGE', tokenCount: image }]),
  ]
}
