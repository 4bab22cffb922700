import { isJsonObject } from '../core/json.ts'
import { parseAnswer } from '../core/lossless-json.ts'
import type { StreamPart } from '../core/stream-part.ts'
import { createTidier } from '../core/tidy-parts.ts'
import type { AnswerContext, WireEvent, WireFormat } from '../core/wire-format.ts'
import type { ClientFraming } from '../stream/enframe.ts'
import { createEnframer } from '../stream/enframe.ts'
import type { Entry } from './entry.ts'
import { eventsOf, partsOf, wholeOf } from './read-entry.ts'
import type { Renewal } from './renew.ts'
import { renewed } from './renew.ts'

/** Who wants the answer, and how. */
export type Wanted = AnswerContext & {
  readonly format: WireFormat
  readonly stream: boolean
  readonly framing: ClientFraming
  readonly usedCallIds: () => readonly string[]
  /** Sees the parts of the answer. */
  readonly watch?: ((parts: readonly StreamPart[]) => void) | undefined
}

export type Replayed = { readonly contentType: string; readonly body: string }

/**
 * An answer once more, under a new id. Sent as it was sent before, it is the same to the last member; sent otherwise, it is
 * read and written anew, as an answer of another format is. `stored`: the format in which it was sent. Throws for an
 * answer that cannot be read.
 */
export function replay(entry: Entry, stored: WireFormat, wanted: Wanted): Replayed {
  const renewal = {
    id: entry.responseId === undefined ? wanted.id : undefined,
    createdSeconds: wanted.createdSeconds,
  }
  return wanted.stream ? stream(entry, stored, wanted, renewal) : whole(entry, stored, wanted, renewal)
}

const JSON_TYPE = 'application/json'

function whole(entry: Entry, stored: WireFormat, wanted: Wanted, renewal: Renewal): Replayed {
  const { format } = wanted
  const isSame = entry.format === format.id && entry.sentAs === 'whole'
  if (isSame) wanted.watch?.(partsOf(entry, stored))
  const body = isSame
    ? renewed(wholeOf(entry), format.id, renewal)
    : format.writeResponse(anew(entry, stored, wanted), wanted)
  return { contentType: JSON_TYPE, body: JSON.stringify(body) }
}

function stream(entry: Entry, stored: WireFormat, wanted: Wanted, renewal: Renewal): Replayed {
  const { format, framing } = wanted
  const enframer = createEnframer(framing, format.takesComments)
  const isSame = entry.format === format.id && entry.sentAs !== 'whole' && entry.hasUsage === wanted.includeUsage
  if (isSame) {
    wanted.watch?.(partsOf(entry, stored))
    const events = eventsOf(entry).map((event) => renewedEvent(event, format, renewal))
    const end = framing === 'sse' ? format.streamEnd : ''
    return { contentType: enframer.contentType, body: enframer.write(events) + endOf(events, end) + enframer.end() }
  }
  const writer = format.createWriter(wanted)
  const events = anew(entry, stored, wanted).flatMap((part) => writer.push(part))
  return { contentType: enframer.contentType, body: enframer.write([...events, ...writer.end()]) + enframer.end() }
}

/** What ends a format's streams, where their last event does not do so itself. */
function endOf(events: readonly WireEvent[], streamEnd: string): string {
  const last = events.at(-1)?.data.replace(/\s/g, '') ?? ''
  return streamEnd.includes(`data: ${last}\n`) ? '' : streamEnd
}

function renewedEvent(event: WireEvent, { id }: WireFormat, renewal: Renewal): WireEvent {
  const value: unknown = parseAnswer(event.data)
  return isJsonObject(value) ? { ...event, data: JSON.stringify(renewed(value, id, renewal)) } : event
}

function anew(entry: Entry, stored: WireFormat, { id, usedCallIds, watch }: Wanted): StreamPart[] {
  const tidier = createTidier(id, usedCallIds())
  const read = partsOf(entry, stored).map(
    (part): StreamPart =>
      part.type === 'response-start' && entry.responseId === undefined ? { ...part, id: '' } : part,
  )
  const parts = [...tidier.push(read), ...tidier.end()]
  watch?.(parts)
  const isCounted = parts.some(({ type }) => type === 'usage')
  // A stream whose client did not ask has no usage in it.
  return isCounted || entry.usage === undefined ? parts : [...parts, { type: 'usage', usage: entry.usage }]
}
