import type { IncomingHttpHeaders } from 'node:http2'
import { createServer } from 'node:http2'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'

export type Served = { readonly status: number; readonly type: string; readonly body: Uint8Array | string }
export type Sent = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }

/** AWS's own SDK and the server it talks to: a real one, of HTTP/2, as the SDK wants for this service. */
export type AwsSdk = {
  readonly client: BedrockRuntimeClient
  /** What the next calls are answered with. */
  served: Served
  readonly sent: Sent[]
  close(): Promise<void>
}

export async function startAwsSdk(): Promise<AwsSdk> {
  const sent: Sent[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      sent.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString() })
      response.writeHead(sdk.served.status, { 'content-type': sdk.served.type })
      response.end(sdk.served.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  })
  const sdk: AwsSdk = {
    client,
    served: { status: 500, type: 'text/plain', body: '' },
    sent,
    async close() {
      client.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return sdk
}
