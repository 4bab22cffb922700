import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'
import type { AnswerSummary } from '../../core/wire-format.ts'
import { isList, objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import type { OutputItems } from './output-items.ts'
import { createOutputItems } from './output-items.ts'
import { readUsage } from './usage.ts'

/** A whole response as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  return readAnswer(body, createOutputItems())
}

function readAnswer(body: JsonObject, items: OutputItems): StreamPart[] {
  throwError(body)
  if (!isList(body['output']) && typeof body['status'] !== 'string') {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no response.')
  }
  return [
    ...readStart(body),
    ...objectsOf(body['output']).flatMap((item, at) => items.finish(String(at), item)),
    ...readFinish(body, items.hasCalls()),
  ]
}

export function throwError(body: JsonObject): void {
  if ((body['error'] ?? null) !== null) throw readErrorBody(undefined, {}, body)
}

export function readStart(response: JsonObject): StreamPart[] {
  return [{ type: 'response-start', id: textOf(response['id']) ?? '', model: textOf(response['model']) ?? '' }]
}

/** Usage and why it ended, as the last event of a stream says it too. */
export function readFinish(response: JsonObject, hasCalls: boolean): StreamPart[] {
  const { usage, status, incomplete_details: details } = response
  const cause = textOf(objectOf(details)['reason'])
  const raw = cause ?? textOf(status)
  return [
    ...(isJsonObject(usage) ? [{ type: 'usage', usage: readUsage(usage, response) } as const] : []),
    { type: 'response-end', finishReason: finishReason(textOf(status), cause, hasCalls), raw },
  ]
}

const CAUSES = table<FinishReason>({
  max_output_tokens: 'length',
  max_tokens: 'length',
  content_filter: 'content-filter',
})

function finishReason(status: string | undefined, cause: string | undefined, hasCalls: boolean): FinishReason {
  if (cause !== undefined) return (Object.hasOwn(CAUSES, cause) ? CAUSES[cause] : undefined) ?? 'other'
  if (status === 'failed' || status === 'cancelled') return 'error'
  if (status === 'incomplete') return 'other'
  return hasCalls ? 'tool-calls' : 'stop'
}

/** A background response, or one that only worked with tools of the provider's own, has no content yet is an answer. */
export function summarizeResponse(body: JsonObject): AnswerSummary {
  const items = createOutputItems()
  const parts = readAnswer(body, items)
  const isUnderWay = body['status'] === 'queued' || body['status'] === 'in_progress'
  const end = parts.findLast((part) => part.type === 'response-end')
  const usage = parts.findLast((part) => part.type === 'usage')
  return {
    hasContent: isUnderWay || items.hasOwnTools() || parts.some(isContentPart),
    finishReason: isUnderWay ? undefined : end?.finishReason,
    usage: usage?.usage,
    responseId: textOf(body['id']),
  }
}

/** The events that end a stream, `response.done` being xAI's and `response.cancelled` Perplexity's. */
export const TERMINAL: ReadonlySet<string> = new Set([
  'response.completed',
  'response.done',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
])

const TELLING = /"type"\s*:\s*"response\.(?:completed|done|incomplete|failed|cancelled)"/
const CALLS: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call'])

/** Usage, finish reason and id, of the event that ends a stream; no other is parsed. */
export function readEnd(data: string): Omit<AnswerSummary, 'hasContent'> | undefined {
  if (!TELLING.test(data)) return undefined
  try {
    const event = parseEvent(data)
    if (!TERMINAL.has(textOf(event['type']) ?? '')) return undefined
    const response = objectOf(event['response'])
    if (event['type'] === 'response.failed') return { usage: undefined, finishReason: 'error' }
    const hasCalls = objectsOf(response['output']).some((item) => CALLS.has(textOf(item['type']) ?? ''))
    const parts = readFinish(response, hasCalls)
    const end = parts.findLast((part) => part.type === 'response-end')
    const usage = parts.findLast((part) => part.type === 'usage')
    return { finishReason: end?.finishReason, usage: usage?.usage, responseId: textOf(response['id']) }
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}
