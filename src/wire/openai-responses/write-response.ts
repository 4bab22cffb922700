import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { createOutputWriter } from './output-writer.ts'

/** Tidy parts as one `response`: what the last event of its stream would hold. */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const writer = createOutputWriter(context)
  for (const part of parts) writer.push(part)
  writer.end()
  return writer.response()
}

/** Tidy parts as the events of a response, each named by its type. Nothing follows the last one. */
export function createWriter(context: AnswerContext): StreamWriter {
  const writer = createOutputWriter(context)
  return {
    push: (part) => writer.push(part).map(writeEvent),
    end: () => writer.end().map(writeEvent),
  }
}

function writeEvent(event: JsonObject): WireEvent {
  return { event: String(event['type']), data: JSON.stringify(event) }
}
