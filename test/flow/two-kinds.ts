import { createHash } from 'node:crypto'
import type { RouterDefinition } from '../../src/core/router.ts'
import { defineRouter } from '../../src/core/router.ts'
import type { InboundKey } from '../../src/core/snapshot.ts'
import { post } from './start-gateway.ts'

/** A router with two clusters: prompts that speak of SQL, and all others. `up/a` is the better one everywhere. */
export const twoKinds: RouterDefinition = defineRouter({
  id: 'uniform',
  settings: { parse: () => ({}) },
  runtimes: ['node'],
  open: async () => ({
    name: 'two-kinds@1',
    device: 'none',
    predict: ({ candidates, signals }) => ({
      predictions: candidates.map(({ id }) => ({
        quality: id === 'up/a' ? 0.8 : 0.75,
        uncertainty: 0.02,
        outputTokens: 100,
      })),
      truncated: false,
      shares: signals.routingText.includes('SQL') ? Float32Array.of(0.9, 0.1) : Float32Array.of(0, 1),
      clusters: 'two',
      strangeness: 0,
    }),
    close: async () => {},
  }),
})

/** A key of that name whose secret is its name. */
export function keyOf(name: string, more: Partial<InboundKey> = {}): InboundKey {
  const sha256 = new Uint8Array(createHash('sha256').update(name).digest())
  return { name, sha256, routing: {}, promptFlags: 'off', ...more }
}

/** An answered chat call: its id and who answered. */
export async function askOf(
  url: string,
  content: string,
  { key = '', ...body }: Readonly<Record<string, unknown>> & { readonly key?: string } = {},
): Promise<{ readonly id: string; readonly model: string }> {
  const messages = [{ role: 'user', content }]
  const headers: Record<string, string> = key === '' ? {} : { authorization: `Bearer ${key}` }
  const response = await post(url, { model: 'auto', messages, routing: { quality: { band: 0 } }, ...body }, headers)
  await response.text()
  return { id: response.headers.get('x-route-id') ?? '', model: response.headers.get('x-route-model') ?? '' }
}

export function sendFeedback(url: string, body: unknown, key = ''): Promise<Response> {
  return fetch(`${url}/v1/feedback`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === '' ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  })
}

/** The value of a metric's line; 0 where there is none. */
export async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.slice(name.length) ?? 0)
}
