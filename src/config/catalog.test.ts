import { describe, expect, test } from 'vitest'
import { catalog, catalogSources, factSource, findCatalogEntry, SIMULATED_POOL } from './catalog.ts'

const SELLER_FACTS = ['price_in', 'price_out', 'region', 'retention', 'training', 'security', 'ttft_ms'] as const

describe('an upstream’s own name finds the provider’s own entry', () => {
  test.each([
    ['openai', 'gpt-5-mini', 'openai/gpt-5-mini'],
    ['openai', 'gpt-5-mini-2025-08-07', 'openai/gpt-5-mini'],
    ['anthropic', 'claude-haiku-4-5', 'anthropic/claude-haiku-4-5'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
    ['anthropic', 'claude-haiku-4.5', 'anthropic/claude-haiku-4-5'],
    ['google', 'models/gemini-2.5-flash', 'google/gemini-2.5-flash'],
    ['mistral', 'mistral-small-latest', 'mistral/mistral-small-2603'],
    ['mistral', 'mistral-large-latest', 'mistral/mistral-large-2512'],
    ['deepseek', 'deepseek-v4-pro-0813', 'deepseek/deepseek-v4-pro'],
    ['groq', 'llama-3.3-70b-versatile', 'groq/llama-3.3-70b-versatile'],
    ['groq', 'openai/gpt-oss-20b', 'groq/openai/gpt-oss-20b'],
    ['togetherai', 'openai/gpt-oss-120b', 'together/openai/gpt-oss-120b'],
    ['openrouter', 'anthropic/claude-haiku-4.5', 'openrouter/anthropic/claude-haiku-4.5'],
    ['aws-bedrock', 'global.anthropic.claude-opus-5', 'aws-bedrock/global.anthropic.claude-opus-5'],
    ['aws-bedrock', 'us.anthropic.claude-opus-5', 'aws-bedrock/anthropic.claude-opus-5'],
    ['aws-bedrock', 'jp.anthropic.claude-sonnet-5', 'aws-bedrock/anthropic.claude-sonnet-5'],
    ['aws-bedrock', 'us.amazon.nova-pro-v1:0', 'aws-bedrock/amazon.nova-pro-v1:0'],
    ['aws-bedrock', 'eu.amazon.nova-pro-v1:0', 'aws-bedrock/eu.amazon.nova-pro-v1:0'],
    [
      'aws-bedrock',
      'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-haiku-4-5-20251001-v1:0',
      'aws-bedrock/anthropic.claude-haiku-4-5-20251001-v1:0',
    ],
    [
      'aws-bedrock',
      'arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-20b-1:0',
      'aws-bedrock/openai.gpt-oss-20b-1:0',
    ],
    ['google-vertex', 'google/gemini-2.5-pro', 'google-vertex/gemini-2.5-pro'],
    ['azure-openai', 'gpt-5-mini', 'azure-openai/gpt-5-mini'],
    ['azure-openai', 'gpt-4o-2024-11-20', 'azure-openai/gpt-4o'],
    ['fireworks', 'accounts/fireworks/models/glm-5p3', 'fireworks/accounts/fireworks/models/glm-5p3'],
  ])('%s: %s', (provider, model, id) => {
    const entry = findCatalogEntry(provider, model)
    expect(entry?.id).toBe(id)
    expect(entry?.facts.price_in).toBeGreaterThan(0)
  })
})

describe('a reseller without an own entry, or a local server, gets the vendor’s facts without the vendor’s terms', () => {
  test.each([
    ['ollama', 'llama3.1:8b', 'meta/llama-3.1-8b-instruct'],
    ['ollama', 'llama3.1', 'meta/llama-3.1-8b-instruct'],
    ['ollama', 'llama3.1:latest', 'meta/llama-3.1-8b-instruct'],
    ['ollama', 'llama3.1:8b-instruct-q4_K_M', 'meta/llama-3.1-8b-instruct'],
    ['ollama', 'qwen3:8b', 'alibaba/qwen3-8b'],
    ['ollama', 'gemma3', 'google/gemma-3-4b-it'],
    ['ollama', 'gpt-oss:20b', 'openai/gpt-oss-20b'],
    ['ollama', 'mistral-small', 'mistral/mistral-small-2501'],
    ['vllm', 'meta-llama/Llama-3.1-8B-Instruct', 'meta/llama-3.1-8b-instruct'],
    ['vllm', 'Qwen/Qwen3-8B-AWQ', 'alibaba/qwen3-8b'],
    ['lm-studio', 'google/gemma-3-12b', 'google/gemma-3-12b-it'],
    ['together', 'meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo', 'meta/llama-3.1-8b-instruct'],
    ['fireworks', 'accounts/fireworks/models/glm-5p1', 'zai/glm-5.1'],
    ['openrouter', 'x-ai/grok-4.6', 'xai/grok-4.6'],
    ['openrouter', 'anthropic/claude-haiku-4.5:nitro', 'anthropic/claude-haiku-4-5'],
    ['aws-bedrock', 'us.xai.grok-4.7', 'xai/grok-4.7'],
    ['aws-bedrock', 'global.amazon.nova-pro-v1:0', 'amazon/nova-pro'],
    ['aws-bedrock', 'apac.amazon.nova-pro-v1:0', 'amazon/nova-pro'],
    ['aws-bedrock', 'us-gov.openai.gpt-oss-20b-1:0', 'openai/gpt-oss-20b'],
    ['aws-bedrock', 'google.gemma-3-12b-it', 'google/gemma-3-12b-it'],
    ['openrouter', 'amazon/nova-pro-v1', 'amazon/nova-pro'],
    ['azure-openai', 'gpt-6.2-sol', 'openai/gpt-6.2-sol'],
  ])('%s: %s', (provider, model, id) => {
    const entry = findCatalogEntry(provider, model)
    expect(entry?.id).toBe(id)
    expect(entry?.facts.context_tokens).toBeGreaterThan(0)
    for (const fact of SELLER_FACTS) expect(entry?.facts[fact]).toBeUndefined()
  })
})

test('a reseller’s entry has its own price and the vendor’s size and licence', () => {
  expect(findCatalogEntry('groq', 'llama-3.1-8b-instant')?.facts).toMatchObject({
    price_in: 0.05,
    params_b: 8.03,
    license: 'llama3.1',
  })
})

test('Claude on Bedrock costs a tenth more in one geography than under its global profile', () => {
  const globals = catalog.filter(({ model }) => model.startsWith('global.anthropic.'))
  expect(globals.length).toBeGreaterThan(10)
  for (const { model, facts } of globals) {
    const near = findCatalogEntry('aws-bedrock', model.replace('global.', 'us.'))
    for (const rate of ['price_in', 'price_out', 'price_cached_in', 'price_cache_write'] as const) {
      expect((near?.facts[rate] ?? 0) / (facts[rate] ?? 0), `${model} ${rate}`).toBeCloseTo(1.1)
    }
  }
})

test('an inference profile of one’s own is not guessed from its random id', () => {
  const arn = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'
  expect(findCatalogEntry('aws-bedrock', arn)).toBeUndefined()
})

test('what a reseller inherits is sourced where the vendor’s entry is', () => {
  const entry = findCatalogEntry('azure-openai', 'gpt-5-mini')
  const vendors = findCatalogEntry('openai', 'gpt-5-mini')
  if (entry === undefined || vendors === undefined) throw new Error('The catalogue has no GPT-5 mini.')
  expect(Object.values(entry.sources).flat()).not.toContain('released')
  expect(factSource(entry, 'released')).toBe(factSource(vendors, 'released'))
})

test('an unknown name, size or dated variant is not guessed', () => {
  expect(findCatalogEntry('openai', 'gpt-99')).toBeUndefined()
  expect(findCatalogEntry('ollama', 'deepseek-r1:8b')).toBeUndefined()
  expect(findCatalogEntry('ollama', 'llama3.1:8b-text')).toBeUndefined()
  expect(findCatalogEntry('vllm', 'Qwen/Qwen3-235B-A22B-Instruct-2507')).toBeUndefined()
  expect(findCatalogEntry('openai', '')).toBeUndefined()
})

test('the simulator’s models keep every fact of the models they stand in for', () => {
  for (const id of SIMULATED_POOL) {
    const entry = findCatalogEntry('simulated', id)
    expect(entry).toBe(catalog.find((candidate) => candidate.id === id))
    expect(entry?.facts).toMatchObject({
      tools: true,
      price_in: expect.any(Number),
      context_tokens: expect.any(Number),
    })
  }
  expect(SIMULATED_POOL.length).toBeGreaterThanOrEqual(8)
  expect(new Set(SIMULATED_POOL.map((id) => id.split('/')[0])).size).toBeGreaterThanOrEqual(4)
  const prices = SIMULATED_POOL.map((id) => findCatalogEntry('simulated', id)?.facts.price_out ?? Number.NaN)
  expect(prices).toEqual(prices.toSorted((a, b) => a - b))
})

test('every entry is found by its own provider and name, and by each of its aliases', () => {
  for (const entry of catalog) {
    for (const name of [entry.model, ...entry.aliases]) expect(findCatalogEntry(entry.provider, name), name).toBe(entry)
  }
})

test('every fact names a source and a date', () => {
  for (const entry of catalog) {
    for (const fact of Object.keys(entry.facts) as (keyof typeof entry.facts)[]) {
      expect(factSource(entry, fact), `${entry.id} ${fact}`).toMatchObject({
        source: expect.stringMatching(/\S/),
        checked_at: expect.stringMatching(/^\d{4}-\d{2}(-\d{2})?$/),
      })
    }
  }
  expect(Object.keys(catalogSources).length).toBeGreaterThan(10)
})
