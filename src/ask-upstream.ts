import { GatewayError } from './core/errors.ts'
import type { Clock, HttpRequest, ResponseHandler, Transport } from './core/ports.ts'
import type { ProviderCall } from './core/provider.ts'

const MAX_BYTES = 1024 * 1024
const MAX_MS = 10_000

type Bounds = {
  /** Milliseconds until the end of the answer. */
  readonly maxMs?: number
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/**
 * One request to an upstream and its whole answer, for what is passed on to nobody as it comes: exchanging a key for a
 * token, asking a model once more.
 */
export function askUpstream(
  transport: Transport,
  clock: Clock,
  { maxMs = MAX_MS, maxBytes = MAX_BYTES, signal }: Bounds = {},
): ProviderCall['ask'] {
  return (request: HttpRequest) =>
    new Promise((resolve, reject) => {
      const decoder = new TextDecoder()
      let status = 0
      let body = ''
      const handler: ResponseHandler = {
        onHead(code) {
          status = code
        },
        onData(chunk) {
          body += decoder.decode(chunk, { stream: true })
          if (body.length <= maxBytes) return
          timer.cancel()
          call.abort()
          reject(new GatewayError('upstream_too_large', 'The provider answered with too much.'))
        },
        onEnd() {
          timer.cancel()
          resolve({ status, body })
        },
        onError(error) {
          timer.cancel()
          reject(error)
        },
      }
      const timer = clock.timer(maxMs, () => {
        call.abort()
        reject(new GatewayError('upstream_timeout', 'The provider did not answer in time.'))
      })
      const call = transport.send(request, handler)
      signal?.addEventListener('abort', () => {
        timer.cancel()
        call.abort()
        reject(new GatewayError('client_closed_request', 'The client left.'))
      })
    })
}
