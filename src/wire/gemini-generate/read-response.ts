import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { StreamPart, Usage } from '../../core/stream-part.ts'
import { isContentPart, isCutShort } from '../../core/stream-part.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { lastWords } from '../shared/last-words.ts'
import { countOf, objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import { field } from './fields.ts'
import { readFinishReason } from './finish-reasons.ts'
import { createCallReader } from './read-calls.ts'
import { readCitations, readLogprobs, readParts } from './read-parts.ts'
import { readUsage } from './usage.ts'

/** A whole `GenerateContentResponse` as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  const answer = createAnswerReader()
  return [...answer.take(body), ...answer.end()]
}

/** The same answer without its parts. Parts that no other format knows are content too. */
export function summarizeResponse(body: JsonObject): AnswerSummary {
  const parts = readResponse(body)
  const content = objectOf(firstCandidate(body)?.['content'])
  const isServersOwn = objectsOf(content['parts']).some((part) => field(part, 'toolCall') !== undefined)
  return { hasContent: isServersOwn || parts.some(isContentPart), ...lastWords(parts) }
}

/** Reads the events of a stream: each is a `GenerateContentResponse` of its own, with what is new in it. */
export function createReader(): StreamReader {
  const answer = createAnswerReader()
  return {
    push: (event) => answer.take(parseEvent(event.data)),
    end: answer.end,
  }
}

/** Usage and finish reason of one event. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  try {
    const words = lastWords(createAnswerReader().take(parseEvent(data)))
    return words.usage === undefined && words.finishReason === undefined ? undefined : words
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

type AnswerReader = { take(body: JsonObject): StreamPart[]; end(): StreamPart[] }

function createAnswerReader(): AnswerReader {
  const calls = createCallReader()
  const cited = new Set<string>()
  let usage: Usage | undefined

  function takeCandidate(candidate: JsonObject, parts: StreamPart[]): void {
    const before = parts.length
    readParts(objectOf(candidate['content']), calls, parts)
    addLogprobs(candidate, before, parts)
    readCitations(candidate, cited, parts)
    const raw = textOf(field(candidate, 'finishReason'))
    if (raw === undefined || raw === '') return
    const finishReason = readFinishReason(raw)
    parts.push(...calls.end(isCutShort(finishReason)))
    parts.push({ type: 'response-end', finishReason, raw })
  }

  return {
    take(body) {
      const error = body['error']
      if (error !== undefined && error !== null) throw readErrorBody(undefined, {}, body)
      const candidate = firstCandidate(body)
      const feedback = objectOf(field(body, 'promptFeedback'))
      const metadata = field(body, 'usageMetadata')
      if (candidate === undefined && !isKnown(body)) {
        throw new GatewayError('upstream_malformed', 'The model answered with something that is no Gemini answer.')
      }
      const id = textOf(field(body, 'responseId')) ?? ''
      const parts: StreamPart[] = [{ type: 'response-start', id, model: textOf(field(body, 'modelVersion')) ?? '' }]
      if (candidate !== undefined) takeCandidate(candidate, parts)
      const blocked = textOf(field(feedback, 'blockReason'))
      if (blocked !== undefined && candidate === undefined) {
        parts.push({ type: 'response-end', finishReason: 'content-filter', raw: blocked })
      }
      const counted = isJsonObject(metadata) ? readUsage(metadata, usage) : undefined
      if (counted !== undefined) {
        usage = counted
        parts.push({ type: 'usage', usage: counted })
      }
      return parts
    },
    end: () => calls.end(true),
  }
}

/** The one answer that other formats can hold: candidates beyond the first are for clients of this format alone. */
function firstCandidate(body: JsonObject): JsonObject | undefined {
  return objectsOf(body['candidates']).find((candidate) => (countOf(candidate['index']) ?? 0) === 0)
}

/** An event without a candidate may still say something: usage, a blocked prompt, nothing yet. */
function isKnown(body: JsonObject): boolean {
  return ['candidates', 'usageMetadata', 'promptFeedback', 'responseId', 'modelVersion'].some(
    (name) => field(body, name) !== undefined,
  )
}

function addLogprobs(candidate: JsonObject, from: number, parts: StreamPart[]): void {
  const logprobs = readLogprobs(candidate)
  if (logprobs === undefined) return
  const last = parts.findLastIndex((part, index) => index >= from && part.type === 'text-delta')
  const part = parts[last]
  if (part?.type === 'text-delta') parts[last] = { ...part, logprobs }
}
