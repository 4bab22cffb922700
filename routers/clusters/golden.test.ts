import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Router } from '../../src/core/router.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { countedInference } from '../../test/contract/counted-inference.ts'
import { signals, target } from '../../test/contract/describe-router.ts'
import clusters from './index.ts'

type Golden = {
  tolerance: { quality: number; outputTokens: number }
  cases: { prompt: string; predictions: Record<string, { quality: number; outputTokens: number }> }[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'))
const inference = createInference()
let router: Router

beforeAll(async () => {
  router = await clusters.open(clusters.settings.parse({}), { inference, createStore, digest })
})
afterAll(() => inference.close())

function logit(quality = Number.NaN): number {
  return Math.log(quality / (1 - quality))
}

async function predict(text: string, ids: readonly string[]) {
  const candidates = ids.map((id) => target(id))
  return router.predict({ signals: signals(text), candidates, signal: new AbortController().signal })
}

test('T-57 golden prompts get the predictions the recipe computed', async () => {
  for (const { prompt, predictions } of golden.cases) {
    const ids = Object.keys(predictions)
    const given = await predict(prompt, ids)
    for (const [index, id] of ids.entries()) {
      const [got, wanted] = [given.predictions[index], predictions[id]]
      const label = `${prompt.slice(0, 30)} ▶ ${id}`
      if (got?.outputTokens === undefined || wanted === undefined) throw new Error(`No prediction: ${label}`)
      expect(Math.abs(got.quality - wanted.quality), label).toBeLessThan(golden.tolerance.quality)
      expect(Math.abs(got.outputTokens / wanted.outputTokens - 1), label).toBeLessThan(golden.tolerance.outputTokens)
    }
  }
})

describe('prompts of different kinds, under the default objective of contract.md §4', () => {
  // USD per million tokens in and out, as the catalogue has them.
  const POOL: Record<string, readonly [number, number]> = {
    'openai/gpt-5.2': [1.75, 14],
    'openai/gpt-5-mini': [0.25, 2],
    'openai/gpt-5-nano': [0.05, 0.4],
    'anthropic/claude-opus-4-6': [5, 25],
    'anthropic/claude-sonnet-5': [2, 10],
    'anthropic/claude-haiku-4-5': [1, 5],
    'google/gemini-3.1-pro-preview': [2, 12],
    'google/gemini-2.5-flash': [0.3, 2.5],
    'google/gemini-2.5-flash-lite': [0.1, 0.4],
    'deepseek/deepseek-v3.2': [0.28, 0.42],
    'groq/llama-3.1-8b-instant': [0.05, 0.08],
    'alibaba/qwen3-32b': [0.7, 2.8],
  }
  const CODE = 'let cache: any = {}\nexport async function load(path: string) {\n  cache[path] = await read(path)\n}\n'
  const TRANSLATION = "Translate 'good morning' to French"
  const PROOF = 'Let p > 3 be prime. Prove that the numerator of 1 + 1/2 + ... + 1/(p-1) is divisible by p^2.'
  const REFACTORING = `Refactor this module: split parsing from I/O, remove the global state, keep the public API and add unit tests.\n\`\`\`ts\n${CODE.repeat(30)}\`\`\``

  async function winner(text: string): Promise<string> {
    const { predictions } = await predict(text, Object.keys(POOL))
    const rows = Object.entries(POOL).map(([id, [priceIn, priceOut]], index) => {
      const { quality = 0, outputTokens = 0 } = predictions[index] ?? {}
      const cost = ((text.length / 4) * priceIn + outputTokens * priceOut) / 1e6
      return { id, quality: 100 * quality, score: 100 * quality - Math.log2(1 + cost / 0.0001) }
    })
    const best = Math.max(...rows.map(({ quality }) => quality))
    const band = rows.filter(({ quality }) => quality >= best - 2)
    return band.reduce((left, right) => (right.score > left.score ? right : left)).id
  }

  test('a one-line translation goes to a cheap model', async () => {
    const id = await winner(TRANSLATION)
    expect(POOL[id]?.[1]).toBeLessThan(1)
  })

  test('a proof goes to a strong reasoning model', async () => {
    expect([
      'anthropic/claude-opus-4-6',
      'anthropic/claude-sonnet-5',
      'google/gemini-3.1-pro-preview',
      'openai/gpt-5.2',
    ]).toContain(await winner(PROOF))
  })

  test('a long refactoring goes to a strong coding model', async () => {
    const id = await winner(REFACTORING)
    expect(['anthropic/claude-opus-4-6', 'anthropic/claude-sonnet-5', 'openai/gpt-5.2']).toContain(id)
    expect(id).not.toBe(await winner(TRANSLATION))
  })

  test('who is better in mathematics than in code gains on proofs', async () => {
    const lead = async (text: string) => {
      const [left, right] = (await predict(text, ['google/gemini-3.1-pro-preview', 'anthropic/claude-opus-4-6']))
        .predictions
      return logit(left?.quality) - logit(right?.quality)
    }
    expect(await lead(PROOF)).toBeGreaterThan((await lead(REFACTORING)) + 0.05)
  })

  test('every model is near the ceiling on the trivial, few are on the hard', async () => {
    const least = (list: readonly { quality: number }[]) => Math.min(...list.map(({ quality }) => quality))
    expect(least((await predict(TRANSLATION, Object.keys(POOL))).predictions)).toBeGreaterThan(0.95)
    expect(least((await predict(PROOF, Object.keys(POOL))).predictions)).toBeLessThan(0.4)
  })
})

test('a prompt in a script the encoder cannot read counts as unlike the training data, not as easy', async () => {
  const { evidence, predictions } = await predict('証明せよ：素数は無限に存在する。', ['openai/gpt-5-nano'])
  expect(evidence).toMatchObject({ out_of_distribution: 1 })
  expect(predictions[0]?.quality).toBeLessThan(0.95)
  expect(predictions[0]?.uncertainty).toBeGreaterThan(0.05)
})

test('the evidence names the nearest clusters in words', async () => {
  const { evidence } = await predict("Translate 'thank you' to Spanish", ['openai/gpt-5-mini'])
  expect(evidence).toMatchObject({ clusters: [{ label: 'translation' }, {}, {}] })
})

test('a model nobody measured is less certain than one that was', async () => {
  const { predictions } = await predict('Explain how vaccines work.', ['openai/gpt-5-mini', 'acme/quux-1'])
  expect(predictions[1]?.uncertainty).toBeGreaterThan(predictions[0]?.uncertainty ?? 1)
})

test('T-52 a prompt longer than the encoder reads is reported as truncated', async () => {
  expect((await predict('word '.repeat(1_000), ['openai/gpt-5-mini'])).truncated).toBe(true)
  expect((await predict('a few words', ['openai/gpt-5-mini'])).truncated).toBe(false)
})

test('a prompt is inferred once, whichever models are asked about', async () => {
  const { inference: counted, runs } = countedInference(inference)
  const own = await clusters.open(clusters.settings.parse({}), { inference: counted, createStore, digest })
  const afterWarmUp = runs()
  const ask = (id: string, text: string) =>
    own.predict({ signals: signals(text), candidates: [target(id)], signal: new AbortController().signal })
  await Promise.all([ask('openai/gpt-5-nano', 'Name a river.'), ask('openai/gpt-5-mini', 'Name a river.')])
  await ask('openai/gpt-5.2', 'Name a river.')
  expect(runs() - afterWarmUp).toBe(1)
  await ask('openai/gpt-5.2', 'Name a lake.')
  expect(runs() - afterWarmUp).toBe(2)
})
