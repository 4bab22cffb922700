import type { GatewayError } from '../core/errors.ts'
import type { Headers, Sink } from '../core/ports.ts'
import type { WireFormat } from '../core/wire-format.ts'

/**
 * Answers with the error in the caller's wire format. An answer that is on its way through `answering` is broken off: a
 * client who waits for its end would wait for ever.
 */
export function respondError(
  sink: Sink,
  format: WireFormat,
  error: GatewayError,
  { headers = {}, answering = sink }: { readonly headers?: Headers; readonly answering?: Sink | undefined } = {},
): void {
  if (sink.isHeadSent()) answering.destroy()
  else respondJson(sink, error.status, format.writeError(error), { ...error.headers, ...headers })
}

/** Answers with a JSON body in one piece. */
function respondJson(sink: Sink, status: number, value: unknown, headers: Headers): void {
  const body = new TextEncoder().encode(JSON.stringify(value))
  sink.head(status, { ...headers, 'content-type': 'application/json', 'content-length': String(body.length) })
  sink.end(body)
}
