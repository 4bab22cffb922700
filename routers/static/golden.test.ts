import { beforeAll, describe, expect, test } from 'vitest'
import type { Router } from '../../src/core/router.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { signals, target } from '../../test/contract/describe-router.ts'
import { createLinearEncoder, projectEmbedding } from '../heads/projected.ts'
import vocabulary from '../heads/vocab.json' with { type: 'json' }
import golden from './golden.json' with { type: 'json' }
import router from './index.ts'
import { createTableReader } from './table-reader.ts'
import table from './weights/table.json' with { type: 'json' }

const words = vocabulary.words.split('\n')
const read = createTableReader(table, words)
const { embed, project } = createLinearEncoder(table.projection, table.bias)
const encode = (text: string) => {
  const { pooled, truncated } = read(text)
  return { embedding: embed(pooled), truncated }
}

test('golden prompts get the embeddings that the recipe computed', () => {
  expect(golden.cases.length).toBeGreaterThan(10)
  for (const { prompt, embedding } of golden.cases) {
    const given = encode(prompt).embedding
    expect(given).toHaveLength(embedding.length)
    const furthest = Math.max(...embedding.map((value, index) => Math.abs(value - (given[index] ?? Number.NaN))))
    expect(furthest, prompt.slice(0, 30)).toBeLessThan(golden.tolerance)
  }
})

test('an embedding is of unit length and the same again, whatever was read between', () => {
  for (const { prompt } of golden.cases) {
    const { embedding } = encode(prompt)
    encode('something else entirely')
    expect(Math.hypot(...embedding)).toBeCloseTo(1, 5)
    expect(encode(prompt).embedding).toEqual(embedding)
  }
})

test('what the heads see of it without forming it is what they see of the embedding', () => {
  for (const { prompt } of golden.cases) {
    const { pooled } = read(prompt)
    const [short, long] = [project(pooled), projectEmbedding(embed(pooled))]
    expect(short.cosines).toHaveLength(long.cosines.length)
    for (const [index, cosine] of long.cosines.entries()) expect(short.cosines[index]).toBeCloseTo(cosine, 6)
    expect(short.difficulty).toBeCloseTo(long.difficulty, 5)
    expect(short.length).toBeCloseTo(long.length, 5)
    expect(short.embedding()).toEqual(long.embedding())
  }
})

test('a text longer than the window keeps its head and its tail and says so', () => {
  const around = (middle: string) => encode(`${'start '.repeat(400)}${middle}${' end'.repeat(400)}`)
  expect(around('one '.repeat(1_000))).toEqual(around('two '.repeat(1_000)))
  expect(around('').truncated).toBe(true)
  expect(encode('a few words').truncated).toBe(false)
})

test('the largest sums fit: a full window of one word is that word', () => {
  const loudest = words.findIndex((_, id) => table.rows.slice(id * table.dims, (id + 1) * table.dims).includes('~'))
  const word = words[loudest] ?? ''
  const once = encode(word).embedding
  const often = encode(`${word} `.repeat(table.limits.maxTokens)).embedding
  for (const [index, value] of once.entries()) expect(often[index]).toBeCloseTo(value, 6)
})

test('a table of another vocabulary is refused with the command that makes the right one', () => {
  expect(() => createTableReader(table, words.slice(1))).toThrow(/routers\/static\/train\/run\.sh/)
  const limits = { ...table.limits, maxTokens: 1_000 }
  expect(() => createTableReader({ ...table, limits }, words)).toThrow(/16 bits/)
})

describe('as a router', () => {
  let opened: Router
  beforeAll(async () => {
    opened = await router.open({}, { inference: undefined, createStore, digest })
  })
  const predict = (text: string, ids: readonly string[]) =>
    opened.predict({
      signals: signals(text),
      candidates: ids.map((id) => target(id)),
      signal: new AbortController().signal,
    })

  test('it answers at once and not with a promise, so it cannot be late', () => {
    expect(predict('What is a monad?', ['openai/gpt-5-mini'])).not.toBeInstanceOf(Promise)
  })

  test('the trivial is easy for all, a proof is not', async () => {
    const pool = ['openai/gpt-5-nano', 'groq/llama-3.1-8b-instant', 'openai/gpt-5.2']
    const least = async (text: string) =>
      Math.min(...(await predict(text, pool)).predictions.map(({ quality }) => quality))
    expect(await least("Translate 'good morning' to French")).toBeGreaterThan(0.95)
    const proof = 'Let p > 3 be prime. Prove that the numerator of 1 + 1/2 + ... + 1/(p-1) is divisible by p^2.'
    expect(await least(proof)).toBeLessThan(0.5)
  })

  test('the evidence names the nearest clusters in words, the nearest first', async () => {
    const { evidence } = await predict("Translate 'thank you' to Spanish", ['openai/gpt-5-mini'])
    expect(evidence).toMatchObject({ clusters: [{ label: 'translation' }, {}, {}] })
  })

  test('a prompt in a script it cannot read counts as unlike the training data', async () => {
    const { evidence } = await predict('証明せよ：素数は無限に存在する。', ['openai/gpt-5-nano'])
    expect(evidence).toMatchObject({ out_of_distribution: 1 })
  })
})
