import { GatewayError } from './core/errors.ts'
import type { Clock, HttpRequest, ResponseHandler, Transport } from './core/ports.ts'
import type { ProviderCall } from './core/provider.ts'

const MAX_BYTES = 1024 * 1024
const MAX_MS = 10_000

/** One request to an upstream and its whole answer, for what is no chat call: exchanging a key for a token. */
export function askUpstream(transport: Transport, clock: Clock): ProviderCall['ask'] {
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
          if (body.length <= MAX_BYTES) return
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
      const timer = clock.timer(MAX_MS, () => {
        call.abort()
        reject(new GatewayError('upstream_timeout', 'The provider did not answer in time.'))
      })
      const call = transport.send(request, handler)
    })
}
