import type { GatewayError } from '../core/errors.ts'
import type { Headers, Sink } from '../core/ports.ts'
import type { WireFormat } from '../core/wire-format.ts'

/** Answers with the error in the caller's wire format, unless an answer is already on its way. */
export function respondError(sink: Sink, format: WireFormat, error: GatewayError, headers: Headers = {}): void {
  respondJson(sink, error.status, format.writeError(error), { ...error.headers, ...headers })
}

/** Answers with a JSON body in one piece. */
export function respondJson(sink: Sink, status: number, value: unknown, headers: Headers = {}): void {
  if (sink.isHeadSent()) return
  const body = new TextEncoder().encode(JSON.stringify(value))
  sink.head(status, { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) })
  sink.end(body)
}
