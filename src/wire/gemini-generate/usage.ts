import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Usage } from '../../core/stream-part.ts'
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
  const inputAudioTokens = audioOf(field(metadata, 'promptTokensDetails'))
  const cachedAudioTokens = audioOf(field(metadata, 'cacheTokensDetails'))
  const outputAudioTokens = audioOf(field(metadata, 'candidatesTokensDetails'))
  return {
    inputTokens: prompt === undefined ? undefined : prompt + (count('toolUsePromptTokenCount') ?? 0),
    cachedInputTokens: count('cachedContentTokenCount'),
    cacheWriteTokens: undefined,
    outputTokens: candidates === undefined && thoughts === undefined ? undefined : (candidates ?? 0) + (thoughts ?? 0),
    reasoningTokens: thoughts,
    ...(inputAudioTokens === undefined ? {} : { inputAudioTokens }),
    ...(cachedAudioTokens === undefined ? {} : { cachedAudioTokens }),
    ...(outputAudioTokens === undefined ? {} : { outputAudioTokens }),
  }
}

function audioOf(details: JsonValue | undefined): number | undefined {
  const audio = objectsOf(details).find((detail) => detail['modality'] === 'AUDIO')
  return audio === undefined ? undefined : countOf(field(audio, 'tokenCount'))
}

/** What was not said is said to be zero where SDKs count on a number. */
export function writeUsage(usage: Usage): JsonObject {
  const { inputTokens = 0, outputTokens = 0, reasoningTokens, inputAudioTokens, outputAudioTokens } = usage
  const candidates = Math.max(0, outputTokens - (reasoningTokens ?? 0))
  return compact({
    promptTokenCount: inputTokens,
    candidatesTokenCount: candidates,
    totalTokenCount: inputTokens + outputTokens,
    cachedContentTokenCount: usage.cachedInputTokens,
    thoughtsTokenCount: reasoningTokens,
    promptTokensDetails: detailsOf(inputTokens, inputAudioTokens),
    cacheTokensDetails: detailsOf(usage.cachedInputTokens ?? 0, usage.cachedAudioTokens),
    candidatesTokensDetails: detailsOf(candidates, outputAudioTokens),
  })
}

function detailsOf(total: number, audio: number | undefined): readonly JsonObject[] | undefined {
  if (audio === undefined) return undefined
  return [
    { modality: 'TEXT', tokenCount: Math.max(0, total - audio) },
    { modality: 'AUDIO', tokenCount: audio },
  ]
}
