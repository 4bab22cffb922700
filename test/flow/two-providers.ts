import { request as httpRequest } from 'node:http'
import { afterEach } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

type Answering = Parameters<typeof startCaptureUpstream>[0]
type GatewayOptions = Partial<Parameters<typeof startGateway>[0]>

/** Names the first of the two. */
export const named = { 'x-route-provider': 'up' }

export const json: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end('{"object":"list","data":[]}')
}

/** A gateway before two providers, `up` and `work`, so that one has to be named; closed when a test ends. */
export function twoProviders() {
  let upstream: CaptureUpstream | undefined
  let other: CaptureUpstream | undefined
  let gateway: TestGateway | undefined

  afterEach(async () => {
    await gateway?.close()
    await upstream?.close()
    await other?.close()
    other = undefined
  })

  return {
    /** Captures what reaches `up`. */
    up: () => upstream,
    /** Captures what reaches `work`. */
    work: () => other,
    gateway: () => gateway,
    call: (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${gateway?.url}${path}`, init),

    async start(answer: Answering, options: GatewayOptions = {}): Promise<void> {
      upstream = await startCaptureUpstream(answer)
      other = await startCaptureUpstream((response) => response.end('{"from":"work"}'))
      gateway = await startGateway({
        models: ['m'],
        upstream: upstream.url,
        more: { work: { upstream: other.url, headers: { 'x-team': 'blue' }, models: ['w'] } },
        ...options,
      })
    },

    /** With `up` and no other. */
    async startOne(answer: Answering): Promise<void> {
      upstream = await startCaptureUpstream(answer)
      gateway = await startGateway({ models: ['m'], upstream: upstream.url })
    },

    /** Status for the path as it is written, no headers but these. */
    bare(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
      const { hostname, port } = new URL(gateway?.url ?? '')
      return new Promise((resolve, reject) => {
        const options = { hostname, port, path, headers: { ...named, ...headers } }
        httpRequest(options, (response) => resolve(response.resume().statusCode))
          .on('error', reject)
          .end()
      })
    },
  }
}
