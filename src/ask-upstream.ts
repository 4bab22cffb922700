import { GatewayError } from './core/errors.ts'
import type { HttpRequest, ResponseHandler, Transport } from './core/ports.ts'
import type { ProviderCall } from './core/provider.ts'

const MAX_BYTES = 1024 * 1024

/** One request to an upstream and its whole answer, for what is no chat call: exchanging a key for a token. */
export function askUpstream(transport: Transport): ProviderCall['ask'] {
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
          call.abort()
          reject(new GatewayError('upstream_too_large', 'The provider answered with too much.'))
        },
        onEnd: () => resolve({ status, body }),
        onError: reject,
      }
      const call = transport.send(request, handler)
    })
}
