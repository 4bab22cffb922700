import { Miniflare } from 'miniflare'
import { build } from 'rolldown'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import reference from '../../routers/heads/word-piece-cases.json' with { type: 'json' }
import golden from '../../routers/static/golden.json' with { type: 'json' }
import { type Fingerprint, fingerprints } from './fingerprint.ts'

vi.setConfig({ testTimeout: 60_000 })

const MEGABYTE = 2 ** 20
// Scripts, marks, controls and shapes; the golden prompts; and one far longer than the router reads.
const TEXTS = [
  ...golden.cases.map(({ prompt }) => prompt),
  ...reference.cases.map(({ text }) => text),
  'A long story. '.repeat(80_000),
]

let worker: Miniflare
let bundle: string

beforeAll(async () => {
  const { output } = await build({
    input: new URL('static-worker.ts', import.meta.url).pathname,
    output: { format: 'esm', codeSplitting: false, minify: true },
    platform: 'browser',
    write: false,
    logLevel: 'silent',
  })
  bundle = output[0].code
  worker = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: bundle }],
    compatibilityDate: '2026-07-01',
  })
})
afterAll(() => worker?.dispose())

test('workerd and Node agree on every bit of every embedding and prediction', async () => {
  const response = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(TEXTS) })
  const there = (await response.json()) as Fingerprint[]
  const here = await fingerprints(TEXTS)
  expect(there).toHaveLength(TEXTS.length)
  expect(new Set(there.map(({ embedding }) => embedding)).size).toBeGreaterThan(TEXTS.length / 2)
  for (const [index, text] of TEXTS.entries()) {
    expect([text.slice(0, 40), there[index]]).toEqual([text.slice(0, 40), JSON.parse(JSON.stringify(here[index]))])
  }
})

test('the routers and their weights fit in a worker', () => {
  const bytes = Buffer.byteLength(bundle)
  console.log(`bundle of every router with the weights of static: ${(bytes / MEGABYTE).toFixed(2)} MB`)
  expect(bytes).toBeLessThan(10 * MEGABYTE)
})
