import type { Timeouts } from '../core/decision.ts'
import { GatewayError } from '../core/errors.ts'
import { joinedBytes } from '../core/joined-bytes.ts'
import type { Call, Exchange, HttpRequest, ResponseHandler, ResponseHeaders, Transport } from '../core/ports.ts'
import type { Deadlines } from './deadline.ts'

export type CollectInput = {
  readonly request: HttpRequest
  readonly exchange: Exchange
  readonly transport: Transport
  readonly timeouts: Timeouts
  /** When it must be over, on the monotonic clock. */
  readonly deadlineAt: number
  readonly deadlines: Deadlines
  readonly maxBytes: number
}

export type Collected = { readonly status: number; readonly headers: ResponseHeaders; readonly body: Uint8Array }

/** Of a failure's words no more is read. */
const MAX_ERROR_BYTES = 65_536

/**
 * One request and its whole answer, of any status. Rejects with `upstream_*` when none comes, and with
 * `client_closed_request` as soon as the client leaves: the upstream's socket is closed then.
 */
export function collect(input: CollectInput): Promise<Collected> {
  const { exchange, timeouts, deadlines, transport } = input
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    let head: { readonly status: number; readonly headers: ResponseHeaders } | undefined
    let call: Call | undefined
    let isOver = false

    function over(settle: () => void): void {
      if (isOver) return
      isOver = true
      deadline.clear()
      settle()
    }

    function stop(error: GatewayError): void {
      call?.abort()
      over(() => reject(error))
    }

    const deadline = deadlines.start(input.deadlineAt, {
      expire: (what) => stop(new GatewayError('upstream_timeout', `The model ${what}.`)),
      interrupt: stop,
    })
    const handler: ResponseHandler = {
      onHead(status, headers) {
        head = { status, headers }
        deadline.expect(timeouts.idleMs, 'stopped in the middle of its answer')
      },
      onData(chunk) {
        chunks.push(chunk)
        bytes += chunk.length
        deadline.again()
        if (head !== undefined && head.status >= 300 && bytes > MAX_ERROR_BYTES) {
          call?.abort()
          handler.onEnd()
          return
        }
        if (bytes > input.maxBytes) {
          stop(new GatewayError('upstream_too_large', `The model's answer is larger than ${input.maxBytes} bytes.`))
        }
      },
      onEnd() {
        const { status = 0, headers = {} } = head ?? {}
        over(() => resolve({ status, headers, body: joinedBytes(chunks) }))
      },
      onError: stop,
    }
    exchange.onAbort(() => stop(new GatewayError('client_closed_request', 'The client left.')))
    if (isOver) return
    call = transport.send(input.request, handler)
    if (isOver) call.abort()
  })
}
