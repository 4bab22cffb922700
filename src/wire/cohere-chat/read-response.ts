import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart, TokenLogprob } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import { table } from '../../core/table.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { lastWords } from '../shared/last-words.ts'
import { isList, objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import { readUsage } from './usage.ts'

/** A whole answer as parts. The plan that comes before calls is text, as a preface to calls is at other providers. */
export function readResponse(body: JsonObject): StreamPart[] {
  const message = body['message']
  if (typeof message === 'string') throw readErrorBody(undefined, {}, body)
  if (!isJsonObject(message)) throw malformed()
  const parts: StreamPart[] = [{ type: 'response-start', id: textOf(body['id']) ?? '', model: '' }]
  const logprobs = readLogprobs(body['logprobs'])
  const blocks = objectsOf(message['content'])
  const last = blocks.findLastIndex((block) => typeof block['text'] === 'string')
  for (const [index, block] of blocks.entries()) readBlock(block, index === last ? logprobs : undefined, parts)
  readText(message['tool_plan'], parts)
  for (const [index, call] of objectsOf(message['tool_calls']).entries()) {
    startCall(call, index, parts)
    parts.push({ type: 'tool-call-end', index })
  }
  for (const citation of objectsOf(message['citations'])) readCitation(citation, parts)
  readFinish(body, parts)
  return parts
}

export function summarizeResponse(body: JsonObject): AnswerSummary {
  const parts = readResponse(body)
  return { hasContent: parts.some(isContentPart), ...lastWords(parts) }
}

/** Usage and finish reason stand in `message-end`. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!data.includes('"message-end"')) return undefined
  try {
    const parts: StreamPart[] = []
    readFinish(objectOf(parseEvent(data)['delta']), parts)
    return lastWords(parts)
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

/** Reads the events of one answer by their `type`. */
export function createReader(): StreamReader {
  return {
    push({ event, data }) {
      if (data === '[DONE]') return []
      const body = parseEvent(data)
      const type = textOf(body['type']) ?? event
      const index = typeof body['index'] === 'number' ? body['index'] : 0
      const delta = objectOf(body['delta'])
      const message = objectOf(delta['message'])
      const parts: StreamPart[] = []
      switch (type) {
        case undefined:
          throw typeof body['message'] === 'string' ? readErrorBody(undefined, {}, body) : malformed()
        case 'message-start':
          parts.push({ type: 'response-start', id: textOf(body['id']) ?? '', model: '' })
          break
        case 'content-start':
        case 'content-delta':
          readBlock(objectOf(message['content']), readLogprobs(body['logprobs']), parts)
          break
        case 'tool-plan-delta':
          readText(message['tool_plan'], parts)
          break
        case 'tool-call-start': {
          const call = onlyObject(message['tool_calls'])
          startCall(call, index, parts)
          break
        }
        case 'tool-call-delta': {
          extendCall(onlyObject(message['tool_calls']), index, parts)
          break
        }
        case 'tool-call-end':
          parts.push({ type: 'tool-call-end', index })
          break
        case 'citation-start':
          readCitation(onlyObject(message['citations']), parts)
          break
        case 'message-end':
          readFinish(delta, parts)
          break
      }
      return parts
    },
    end: () => [],
  }
}

function malformed(): GatewayError {
  return new GatewayError('upstream_malformed', 'The model answered with something that is no Cohere chat answer.')
}

/** The API reference shows one object where the schema of whole answers has a list. */
function onlyObject(value: JsonValue | undefined): JsonObject {
  return isList(value) ? objectOf(value[0]) : objectOf(value)
}

function readBlock(block: JsonObject, logprobs: readonly TokenLogprob[] | undefined, parts: StreamPart[]): void {
  const thinking = textOf(block['thinking']) ?? ''
  if (thinking !== '') parts.push({ type: 'reasoning-delta', text: thinking })
  const text = textOf(block['text']) ?? ''
  if (text !== '') parts.push({ type: 'text-delta', text, ...(logprobs === undefined ? {} : { logprobs }) })
}

function readText(value: JsonValue | undefined, parts: StreamPart[]): void {
  if (typeof value === 'string' && value !== '') parts.push({ type: 'text-delta', text: value })
}

function startCall(call: JsonObject, index: number, parts: StreamPart[]): void {
  const name = textOf(objectOf(call['function'])['name']) ?? ''
  parts.push({ type: 'tool-call-start', index, id: textOf(call['id']) ?? '', name })
  extendCall(call, index, parts)
}

function extendCall(call: JsonObject, index: number, parts: StreamPart[]): void {
  const text = textOf(objectOf(call['function'])['arguments']) ?? ''
  if (text !== '') parts.push({ type: 'tool-call-delta', index, argumentsText: text })
}

/** Sources are documents of the request or outputs of tools; only those that name an address can be pointed to. */
function readCitation(citation: JsonObject, parts: StreamPart[]): void {
  for (const source of objectsOf(citation['sources'])) {
    const cited = objectOf(source['document'] ?? source['tool_output'])
    const url = textOf(cited['url'])
    if (url !== undefined) parts.push({ type: 'citation', url, title: textOf(cited['title']) })
  }
}

/** One chunk of text may be several tokens: its probability is their product. */
function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  const items = isJsonObject(value) ? [value] : objectsOf(value)
  if (items.length === 0) return undefined
  return items.map((item) => {
    const logprobs = isList(item['logprobs']) ? item['logprobs'] : []
    const logprob = logprobs.reduce((sum: number, one) => (typeof one === 'number' ? sum + one : sum), 0)
    return { token: textOf(item['text']) ?? '', logprob, top: [] }
  })
}

/** The finish of a whole answer, or of `message-end`'s delta. */
function readFinish(holder: JsonObject, parts: StreamPart[]): void {
  const { usage, finish_reason: raw, error } = holder
  if (typeof error === 'string' && error !== '') throw readErrorBody(undefined, {}, { message: error })
  if (isJsonObject(usage)) parts.push({ type: 'usage', usage: readUsage(usage) })
  if (typeof raw !== 'string' || raw === '') return
  const finishReason = (Object.hasOwn(FINISH_REASONS, raw) ? FINISH_REASONS[raw] : undefined) ?? 'other'
  parts.push({ type: 'response-end', finishReason, raw })
}

const FINISH_REASONS = table<FinishReason>({
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR: 'error',
  TIMEOUT: 'error',
})
