import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart, TokenLogprob } from '../../core/stream-part.ts'
import { isContentPart } from '../../core/stream-part.ts'
import type { AnswerSummary, StreamReader } from '../../core/wire-format.ts'
import { lastWords } from '../shared/last-words.ts'
import { readLogprobs } from '../shared/logprobs.ts'
import { isList, objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import { imageSource } from './images.ts'
import { readUsage } from './usage.ts'

/** A whole answer as parts. Throws the upstream's own error when the body is one. */
export function readResponse(body: JsonObject): StreamPart[] {
  return readObject(body, 0)
}

export function summarizeResponse(body: JsonObject): AnswerSummary {
  const parts = readResponse(body)
  return { hasContent: parts.some(isContentPart), ...lastWords(parts) }
}

/** Reads the lines of one answer. Every line's calls are complete; their index is counted here. */
export function createReader(): StreamReader {
  let calls = 0
  return {
    push({ data }) {
      const parts = readObject(parseEvent(data), calls)
      for (const part of parts) if (part.type === 'tool-call-start') calls += 1
      return parts
    },
    end: () => [],
  }
}

/** Usage and finish reason stand in the line that says `done`. */
export function readEnd(data: string): Pick<AnswerSummary, 'usage' | 'finishReason'> | undefined {
  if (!/"done"\s*:\s*true/.test(data)) return undefined
  try {
    return lastWords(readObject(parseEvent(data), 0))
  } catch {
    // It was forwarded on a look alone; one that does not parse carries no usage we could count.
    return undefined
  }
}

/** A whole answer, or one line of a streamed one: they have the same shape. `calls`: those of earlier lines. */
function readObject(body: JsonObject, calls: number): StreamPart[] {
  if ((body['error'] ?? null) !== null) throw readErrorBody(undefined, {}, body)
  const message = body['message']
  const isDone = body['done'] === true
  if (!isJsonObject(message) && !isDone) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is no Ollama chat answer.')
  }
  const parts: StreamPart[] = [{ type: 'response-start', id: '', model: textOf(body['model']) ?? '' }]
  readMessage(objectOf(message), readLogprobs(body['logprobs']), calls, parts)
  if (!isDone) return parts
  const usage = readUsage(body)
  if (usage !== undefined) parts.push({ type: 'usage', usage })
  const raw = textOf(body['done_reason'])
  parts.push({ type: 'response-end', finishReason: readFinishReason(raw), raw })
  return parts
}

function readMessage(
  message: JsonObject,
  logprobs: readonly TokenLogprob[] | undefined,
  calls: number,
  parts: StreamPart[],
): void {
  const thinking = textOf(message['thinking']) ?? ''
  if (thinking !== '') parts.push({ type: 'reasoning-delta', text: thinking })
  const text = textOf(message['content']) ?? ''
  if (text !== '') parts.push({ type: 'text-delta', text, ...(logprobs === undefined ? {} : { logprobs }) })
  const images = isList(message['images']) ? message['images'] : []
  for (const image of images) {
    if (typeof image === 'string') parts.push({ type: 'media', ...imageSource(image) })
  }
  for (const [position, call] of objectsOf(message['tool_calls']).entries()) readCall(call, calls + position, parts)
}

/** `function.index` counts within a line at some servers and within the answer at others: it is not heeded. */
function readCall(call: JsonObject, index: number, parts: StreamPart[]): void {
  const called = objectOf(call['function'])
  const id = textOf(call['id']) ?? ''
  parts.push({ type: 'tool-call-start', index, id, name: textOf(called['name']) ?? '' })
  const text = argumentsText(called['arguments'])
  if (text !== '') parts.push({ type: 'tool-call-delta', index, argumentsText: text })
  parts.push({ type: 'tool-call-end', index })
}

/** An object as a rule. Its numbers keep their digits: the body was read so. */
export function argumentsText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** Old servers give no reason. `load` and `unload` answer requests without messages. */
function readFinishReason(raw: string | undefined): FinishReason {
  if (raw === undefined || raw === 'stop') return 'stop'
  return raw === 'length' ? 'length' : 'other'
}
