import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { factSchema } from '../scripts/catalog-yaml.ts'
import { readGenaiEmbeddings, readGenaiPrices } from '../scripts/npm-prices.ts'
import { catalog } from '../src/config/catalog.ts'
import embeddings from './embeddings.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '..')

test('models.json is what the generator writes today', () => {
  execFileSync(process.execPath, ['scripts/gen-catalog.ts', '--check'], { cwd: ROOT })
})

test('embeddings.json is what its generator writes today', () => {
  execFileSync(process.execPath, ['scripts/gen-embeddings.ts', '--check'], { cwd: ROOT })
})

test('tool-use.json is what its generator writes today, with the scores and without', () => {
  const command = ['scripts/gen-tool-use.ts', '--check']
  execFileSync(process.execPath, command, { cwd: ROOT })
  execFileSync(process.execPath, command, { cwd: ROOT, env: { ...process.env, THALAMUS_DATA: join(ROOT, 'nowhere') } })
})

test('models.json stays small, for it is parsed at every start', () => {
  expect(readFileSync(join(ROOT, 'catalog', 'models.json')).byteLength).toBeLessThan(275_000)
})

test('there are at least sixty models of twelve providers', () => {
  expect(catalog.length).toBeGreaterThanOrEqual(60)
  expect(new Set(catalog.map((entry) => entry.provider)).size).toBeGreaterThanOrEqual(12)
  expect(new Set(catalog.map((entry) => entry.id)).size).toBe(catalog.length)
})

test('no entry has a fact that core does not know, or a value out of its range', () => {
  for (const { id, facts } of catalog) expect(factSchema.safeParse(facts).error, id).toBeUndefined()
})

test('prices are in order: cached below fresh, and input not above output', () => {
  for (const { id, facts } of catalog) {
    if (facts.price_in === undefined) continue
    expect(facts.price_out, id).toBeGreaterThanOrEqual(facts.price_in)
    expect(facts.price_cached_in ?? 0, id).toBeLessThanOrEqual(facts.price_in)
    expect(facts.price_in, id).toBeGreaterThanOrEqual(0.01)
    expect(facts.price_out, id).toBeLessThanOrEqual(200)
  }
})

test('weights without a vendor’s API have neither price nor terms', () => {
  for (const { id, hosted, facts } of catalog) {
    if (hosted !== false) continue
    for (const fact of ['price_in', 'retention', 'training', 'security', 'region'] as const) {
      expect(facts[fact], `${id} ${fact}`).toBeUndefined()
    }
  }
})

test('active parameters are at most all parameters, and output fits the window', () => {
  for (const { id, facts } of catalog) {
    if (facts.active_params_b !== undefined) expect(facts.active_params_b, id).toBeLessThanOrEqual(facts.params_b ?? 0)
    if (facts.max_output_tokens !== undefined) {
      expect(facts.max_output_tokens, id).toBeLessThanOrEqual(facts.context_tokens ?? 0)
    }
  }
})

test('a released date lies in the past and not before the models we route to existed', () => {
  for (const { id, facts } of catalog) {
    if (facts.released === undefined) continue
    expect(facts.released >= '2024-01' && facts.released <= '2026-11-23', `${id} ${facts.released}`).toBe(true)
  }
})

test('a resold model names the vendor’s entry', () => {
  const ids = new Set(catalog.map((entry) => entry.id))
  for (const { id, of } of catalog) if (of !== undefined) expect(ids.has(of), `${id} of ${of}`).toBe(true)
})

test('of dated prices the one in force on the day is taken, and of tiers the standard rate', () => {
  expect(readGenaiPrices('google', 'gemini-3.8-flash', '2026-11-23').price_in).toBe(0.75)
  expect(readGenaiPrices('google', 'gemini-3.8-flash', '2027-01-02').price_in).toBe(1.5)
  expect(readGenaiPrices('openai', 'gpt-5.4', '2026-11-23').price_out).toBe(15)
})

test('a rate copied from another reseller is not taken for the provider’s own', () => {
  expect(readGenaiPrices('openai', 'gpt-oss-120b', '2026-11-23')).toEqual({})
  expect(readGenaiPrices('groq', 'openai/gpt-oss-120b', '2026-11-23').price_in).toBe(0.15)
})

test('a model that a reseller sells at its vendor’s rates has those', () => {
  const vendors = readGenaiPrices('openai', 'gpt-5-mini', '2026-11-23')
  expect(vendors.price_in).toBeGreaterThan(0)
  expect(readGenaiPrices('azure', 'gpt-5-mini', '2026-11-23')).toEqual(vendors)
  expect(readGenaiPrices('azure', 'no-such-model', '2026-11-23')).toEqual({})
})

test('no embedding model is offered of a provider that the gateway asks for none', () => {
  const offered = new Set(Object.keys(embeddings).map((id) => id.split('/')[0]))
  expect(readGenaiEmbeddings('aws', '2026-11-23').size).toBeGreaterThan(0)
  expect([...offered]).not.toContain('aws-bedrock')
  expect([...offered]).toContain('azure-openai')
})
