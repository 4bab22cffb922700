import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { parseAnswer } from '../core/lossless-json.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { isContentPart } from '../core/stream-part.ts'
import type { WireEvent, WireFormat } from '../core/wire-format.ts'
import { createDeframer } from '../stream/deframe.ts'
import type { Entry } from './entry.ts'

const decoder = new TextDecoder()
const DONE = '[DONE]'

type Sent = Pick<Entry, 'sentAs' | 'body'>

/** A whole answer's object. Throws for anything else. */
export function wholeOf({ body }: Pick<Entry, 'body'>): JsonObject {
  const value = parseAnswer(decoder.decode(body))
  if (isJsonObject(value)) return value
  throw new TypeError('The answer is no JSON object.')
}

/** A stream's events, without the mark of its end. */
export function eventsOf({ sentAs, body }: Sent): readonly WireEvent[] {
  if (sentAs === 'json-array') {
    const list: unknown = parseAnswer(decoder.decode(body))
    if (!Array.isArray(list)) throw new TypeError('The answer is no list of JSON objects.')
    return list.map((one) => ({ event: undefined, data: JSON.stringify(one) }))
  }
  const deframer = createDeframer('sse', body.length + 1)
  return [...deframer.push(body), ...deframer.end()].filter(({ data }) => data !== DONE)
}

/** The answer as parts, as its reader gives them. Throws for one that cannot be read. */
export function partsOf(entry: Sent, format: WireFormat): StreamPart[] {
  if (entry.sentAs === 'whole') return format.readResponse(wholeOf(entry))
  const reader = format.createReader()
  const parts = eventsOf(entry).flatMap((event) => reader.push(event))
  return [...parts, ...reader.end()]
}

/** True where something was said, said to its end, and was no refusal. */
export function isWholeAnswer(entry: Sent, format: WireFormat): boolean {
  try {
    const parts = partsOf(entry, format)
    return parts.some(isContentPart) && parts.every(({ type }) => type !== 'response-error' && type !== 'refusal-delta')
  } catch {
    // What cannot be read again is not kept.
    return false
  }
}
