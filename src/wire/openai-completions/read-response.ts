import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { readErrorBody } from '../openai-chat/errors.ts'
import { readUsage } from '../openai-chat/usage.ts'
import { lastWords } from '../shared/last-words.ts'
import { isList, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'

/** A `text_completion`, whole or one event of a stream: they have the same shape. Throws the upstream's own error. */
export function readResponse(body: JsonObject): StreamPart[] {
  const error = body['error']
  if (error !== undefined && error !== null) throw readErrorBody(undefined, {}, body)
  const choices = body['choices']
  if (!isList(choices)) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no completion.')
  }
  const parts: StreamPart[] = [
    { type: 'response-start', id: textOf(body['id']) ?? '', model: textOf(body['model']) ?? '' },
  ]
  for (const choice of objectsOf(choices)) {
    const own = choice['error'] ?? null
    if (own !== null) throw readErrorBody(undefined, {}, { error: own })
    const text = textOf(choice['text']) ?? ''
    if (text !== '') parts.push({ type: 'text-delta', text })
    const raw = textOf(choice['finish_reason']) ?? ''
    if (raw !== '') parts.push({ type: 'response-end', finishReason: FINISH_REASONS[raw] ?? 'other', raw })
  }
  const usage = body['usage']
  if (isJsonObject(usage)) parts.push({ type: 'usage', usage: readUsage(usage) })
  return parts
}

export function summarizeResponse(body: JsonObject): AnswerSummary {
  const parts = readResponse(body)
  return { hasContent: parts.some(isContentPart), ...lastWords(parts) }
}

export function createReader(): StreamReader {
  return {
    push: (event) => (event.data === '[DONE]' ? [] : readResponse(parseEvent(event.data))),
    end: () => [],
  }
}

const TELLING = /"usage"\s*:\s*\{|"finish_reason"\s*:\s*"/

/** Usage and finish reason of one event, read only where there is one of them. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!TELLING.test(data)) return undefined
  try {
    return lastWords(readResponse(parseEvent(data)))
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

const FINISH_REASONS = table<FinishReason>({
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  content_filter: 'content-filter',
  error: 'error',
})
