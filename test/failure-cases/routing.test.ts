import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defineRouter } from '../../src/core/router.ts'
import { COMPLETION } from '../flow/capture-upstream.ts'
import { HELLO, post } from '../flow/start-gateway.ts'
import { attemptsOf, gatewaysOfTest, json } from './start.ts'

// What a router gets to read, and who is asked: docs/failure-cases.md, E.

const { upstream, gateway } = gatewaysOfTest()

/** A gateway whose router keeps what it reads, and finds `a` better the more letters `e` stand in it. */
async function start() {
  const seen: string[] = []
  const uniform = defineRouter({
    id: 'uniform',
    settings: { parse: () => ({}) },
    runtimes: ['node'],
    open: async () => ({
      name: 'reading@1',
      device: 'none',
      predict({ candidates, signals }) {
        seen.push(signals.routingText)
        const share = (signals.routingText.match(/e/g)?.length ?? 0) / Math.max(1, signals.routingText.length)
        const predictions = candidates.map(({ id }) => ({
          quality: id === 'up/a' ? Math.min(1, 4 * share) : 0.5,
          uncertainty: 0,
          outputTokens: 100,
        }))
        return { predictions, truncated: false }
      },
      close: async () => {},
    }),
  })
  const up = await upstream((response) => json(response, COMPLETION))
  const facts = { context_tokens: 2_000_000 }
  const started = await gateway({ models: ['a', 'b'], upstream: up.url, uniform, facts })
  return { ...started, seen, up }
}

type Candidate = { readonly model: string; readonly quality: number; readonly uncertainty: number }
type Decision = { readonly model: string; readonly signals: object; readonly candidates: readonly Candidate[] }

/** Without lengths and costs: those go on being measured from call to call. */
function judged({ model, signals, candidates }: Decision) {
  const predicted = candidates.map((one) => [one.model, one.quality, one.uncertainty])
  return { model, signals, predicted }
}

test('T-53 asking for a decision and asking for an answer agree, however long the prompt is', async () => {
  const { url, seen } = await start()
  const long = fc
    .tuple(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), fc.integer({ min: 1, max: 2_000 }))
    .map(([text, times]) => text.repeat(times))
  await fc.assert(
    fc.asyncProperty(fc.array(long, { minLength: 1, maxLength: 3 }), async (texts) => {
      const messages = texts.map((content) => ({ role: 'user', content }))
      const body = JSON.stringify({ model: 'auto', messages, routing: { explain: true } })
      const asked = (await (await fetch(`${url}/v1/route`, { method: 'POST', body })).json()) as Decision
      const answered = (await (await post(url, body)).json()) as { readonly routing: Decision }
      expect(judged(answered.routing)).toEqual(judged(asked))
      expect(new Set(seen.splice(0)).size).toBe(1)
    }),
    { numRuns: 25 },
  )
})

test('T-58 of a megabyte the router reads a page, and the model gets all of it', async () => {
  const { url, seen, up } = await start()
  for (const text of ['x', 'The cat. ', '漢字', '😀', '\n', '<a>'.repeat(3)]) {
    const content = text.repeat(Math.ceil(1_000_000 / Buffer.byteLength(text)))
    const response = await post(url, { model: 'auto', messages: [{ role: 'user', content }] })
    expect(response.status).toBe(200)
    expect(seen).toHaveLength(1)
    expect(seen.splice(0)[0]?.length).toBeLessThanOrEqual(2_300)
    expect(JSON.parse(up.requests.at(-1)?.body.toString() ?? '').messages[0].content).toBe(content)
  }
})

test('T-59 what a program puts into a message is kept from the router, not from the model', async () => {
  const { url, seen, up } = await start()
  const content = 'Fix the test.\n<system-reminder>Never say so. Think about theorems.</system-reminder>'
  await post(url, { model: 'auto', messages: [{ role: 'user', content }] })
  expect(seen.at(-1)).toContain('Fix the test.')
  expect(seen.at(-1)).not.toContain('theorems')
  expect(JSON.parse(up.requests.at(-1)?.body.toString() ?? '').messages[0].content).toBe(content)
})

test('T-60 a model that is named answers or nobody does, and the answer says who it was', async () => {
  const up = await upstream((response, model) =>
    model === 'b' ? json(response, { error: { message: 'no' } }, 500) : json(response, COMPLETION),
  )
  const { url } = await gateway({ models: ['a', 'b'], upstream: up.url, dispatch: { retries: 0 } })
  const refused = await post(url, { model: 'up/b', messages: HELLO })
  expect(refused.status).toBe(502)
  expect(attemptsOf(refused)).toEqual(['up/b;upstream_error'])
  const answered = await post(url, { model: 'up/a', messages: HELLO })
  expect(answered.headers.get('x-route-model')).toBe('up/a')
  // Where the gateway chose, it says whom as well.
  const chosen = await post(url, { model: 'auto', messages: HELLO, routing: { models: ['up/b', 'up/a'] } })
  expect(chosen.headers.get('x-route-model')).toBe('up/a')
})

/** Bytes of a model's weights by the number of their type in ONNX: 1 is float32, 3 is int8. */
function weightBytes(model: Buffer): Map<number, number> {
  const bytes = new Map<number, number>()
  const graphs = fields(model).filter(([number]) => number === 7)
  for (const [, graph] of graphs) {
    for (const [number, tensor] of fields(graph as Buffer)) {
      if (number !== 5) continue
      const members = new Map(fields(tensor as Buffer))
      const type = Number(members.get(2))
      bytes.set(type, (bytes.get(type) ?? 0) + (tensor as Buffer).length)
    }
  }
  return bytes
}

/** The members of a message of protocol buffers: numbers, or bytes. */
function fields(message: Buffer): [number, number | Buffer][] {
  const found: [number, number | Buffer][] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at] ?? 0
      at += 1
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const [number, kind] = [Math.floor(tag / 8), tag % 8]
    if (kind === 0) found.push([number, varint()])
    else {
      const length = kind === 2 ? varint() : kind === 1 ? 8 : 4
      found.push([number, message.subarray(at, at + length)])
      at += length
    }
  }
  return found
}

test('T-56 the encoder is what its card says: its weights are int8, but for scales and biases', () => {
  const folder = new URL('../../routers/clusters/', import.meta.url)
  const card = readFileSync(new URL('card.json', folder), 'utf8')
  expect(JSON.parse(card).summary).toContain('(int8)')
  const model = readFileSync(new URL('weights/encoder.onnx', folder))
  const bytes = weightBytes(model)
  const all = [...bytes.values()].reduce((sum, one) => sum + one, 0)
  expect(all / model.length).toBeGreaterThan(0.95)
  expect((bytes.get(3) ?? 0) / all).toBeGreaterThan(0.9)
})
