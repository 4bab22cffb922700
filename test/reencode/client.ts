import type { StreamPart } from '../../src/core/stream-part.ts'
import type { WireEvent, WireFormat } from '../../src/core/wire-format.ts'
import type { Said } from './said.ts'

/** A provider's own SDK, reading what our writer of that provider's format wrote. */
export type Client = {
  readonly name: string
  readonly format: WireFormat
  whole(parts: readonly StreamPart[]): Promise<Said>
  streamed(parts: readonly StreamPart[]): Promise<Said>
  /** What of an answer this format has room for, by its own rules: all that a client of it can be told. */
  carried(said: Said, parts: readonly StreamPart[]): Said
}

export const CONTEXT = { id: 'call-1', model: 'up/m', createdSeconds: 1_700_000_000, includeUsage: true } as const

export function wholeBody({ writeResponse }: WireFormat, parts: readonly StreamPart[]): string {
  return JSON.stringify(writeResponse(parts, CONTEXT))
}

export function eventsOf({ createWriter }: WireFormat, parts: readonly StreamPart[]): WireEvent[] {
  const writer = createWriter(CONTEXT)
  return [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
}

/** A `fetch` that answers with these bytes. */
export function answering(body: string, contentType: string): () => Promise<Response> {
  return () => Promise.resolve(new Response(body, { headers: { 'content-type': contentType } }))
}
