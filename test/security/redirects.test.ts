import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { HELLO, startGateway } from '../flow/start-gateway.ts'

let open: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(open.map((one) => one.close()))
  open = []
})

/** A gateway whose upstream sends everybody to another server. */
async function startRedirected(status: number): Promise<{ gateway: TestGateway; elsewhere: CaptureUpstream }> {
  const elsewhere = await startCaptureUpstream((response) => void response.end('{}'))
  const upstream = await startCaptureUpstream((response, { path }) => {
    response.writeHead(status, { location: elsewhere.url + path, 'content-type': 'application/json' }).end('{}')
  })
  const gateway = await startGateway({ models: ['m'], upstream: upstream.url })
  open = [gateway, upstream, elsewhere]
  return { gateway, elsewhere }
}

const CALLS: readonly (readonly [path: string, body: object])[] = [
  ['/v1/chat/completions', { model: 'up/m', messages: HELLO }],
  ['/v1/chat/completions', { model: 'up/m', messages: HELLO, stream: true }],
  ['/v1/messages', { model: 'up/m', messages: HELLO, max_tokens: 9 }],
  ['/v1/embeddings', { model: 'up/m', input: 'Hi' }],
  ['/v1/images/generations', { model: 'up/m', prompt: 'Hi' }],
]

test.each([301, 302, 303, 307, 308])(
  'T-71 a %i is an error of the upstream’s: no key goes elsewhere',
  async (status) => {
    const { gateway, elsewhere } = await startRedirected(status)
    for (const [path, body] of CALLS) {
      const response = await fetch(gateway.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
      })
      expect([path, response.status, response.headers.get('location')]).toEqual([path, 502, null])
      expect(await response.text()).toContain('redirect, which is not followed')
    }
    expect(elsewhere.requests).toEqual([])
  },
)
