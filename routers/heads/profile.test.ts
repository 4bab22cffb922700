import { expect, test } from 'vitest'
import { target } from '../../test/contract/describe-router.ts'
import { familyName } from './family.ts'
import { createProfiles } from './profile.ts'
import { restsOn } from './rests-on.ts'

const profileOf = createProfiles()

test('a profile is found by catalogue id, whatever the target is called', () => {
  expect(profileOf(target('work/my-deployment', {}, 'openai/gpt-5-mini')).id).toBe('openai/gpt-5-mini')
})

test.each([
  ['openrouter/anthropic/claude-haiku-4.5', 'anthropic/claude-haiku-4-5'],
  ['bedrock/claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
  ['simulated/openai/gpt-5-mini', 'openai/gpt-5-mini'],
  ['azure/gpt-4o-2024-11-20', 'openai/gpt-4o'],
  ['azure/gpt-4o-2024-08-06', 'GPT-4O-2024-08-06'],
  ['openrouter/mistralai/mixtral-8x7b-instruct-v0.1', 'Mixtral-8x7B-Instruct-v0.1'],
])('%s is %s without a catalogue id', (id, expected) => {
  expect(profileOf(target(id, {}, undefined)).id).toBe(expected)
})

test.each([
  ['work/gpt-5.1-high', 'openai/gpt-5.1', 'openai/gpt-5.1:high'],
  ['openai/gpt-5.1:high', undefined, 'openai/gpt-5.1:high'],
  ['openai/gpt-5.1', 'openai/gpt-5.1', 'openai/gpt-5.1'],
  ['alibaba/qwen3-max', 'alibaba/qwen3-max', 'alibaba/qwen3-max'],
])('%s (catalogue %s) has the profile of %s', (id, catalogId, expected) => {
  expect(profileOf(target(id, {}, catalogId)).id).toBe(expected)
})

test('an effort is an arm of its own: abler the longer it thinks, alike in what it is good at', () => {
  const [none, high] = [profileOf(target('openai/gpt-5.1:none')), profileOf(target('openai/gpt-5.1:high'))]
  const plain = profileOf(target('openai/gpt-5.1'))
  expect(high.theta).toBeGreaterThan(none.theta + 0.3)
  expect(high.thinking).toBeGreaterThan(none.thinking)
  expect(plain.theta).toBeGreaterThan(none.theta)
  expect(plain.theta).toBeLessThan(high.theta)
  expect(high.u).toEqual(plain.u)
})

test('every model of the catalogue has a row of its own', async () => {
  const { default: catalogue } = await import('../../catalog/models.json', { with: { type: 'json' } })
  const ids = new Set(catalogue.models.map((model) => ('of' in model ? model.of : undefined) ?? model.id))
  expect([...ids].filter((id) => profileOf(target(`elsewhere/${id}`, {}, id)).id !== id)).toEqual([])
})

test('names of outcome data find the model they name, function calling apart from prompting', () => {
  const named = (name: string) => profileOf({ ...target(name, {}, undefined), id: name, model: name })
  const [prompted, called] = [named('gpt-4o-2024-08-06'), named('gpt-4o-2024-08-06-FC')]
  expect(prompted.evidence).toContain('outcomes')
  expect(called.id).toBe('gpt-4o-2024-08-06-FC')
  const spread = called.u.map((offset, cluster) => Math.abs(offset - (prompted.u[cluster] ?? 0)))
  expect(Math.max(...spread)).toBeGreaterThan(0.5)
  expect(named('Meta-Llama-3-8B').id).toBe('Meta-Llama-3-8B')
  expect(named('Meta-Llama-3-8B-Instruct').id).toBe('Meta-Llama-3-8B-Instruct')
  expect(named('gpt-4-1106-preview').theta).toBeGreaterThan(named('mistralai/Mixtral-8x7B-Instruct-v0.1').theta + 0.5)
})

test('the evidence of a profile says which tables and when', () => {
  const [scores] = restsOn(profileOf(target('anthropic/claude-opus-4-8')))
  expect(scores?.kind).toBe('scores')
  expect(scores?.date).toMatch(/^2026-\d\d$/)
  expect(scores?.sources).toContainEqual({ benchmark: 'LiveBench', date: '2026-01' })
  expect(restsOn(profileOf(target('openai/gpt-6.2-sol'))).map(({ kind }) => kind)).toEqual(['facts', 'family'])
})

test('a new model of a measured line starts from its newest relative, less sure than it', () => {
  const relative = profileOf(target('anthropic/claude-opus-4-8'))
  const fresh = profileOf(
    target('anthropic/claude-opus-9', { reasoning: true, released: '2026-11-01', price_out: 25 }, undefined),
  )
  expect(fresh.evidence.join()).toContain('family:anthropic/claude-opus')
  expect(Math.abs(fresh.theta - relative.theta)).toBeLessThan(0.5)
})

test('an unknown model is ranked by its facts: price, reasoning and age', () => {
  const unknown = (facts: Parameters<typeof target>[1]) =>
    profileOf(target(`acme/quux-${JSON.stringify(facts)}`, facts, undefined))
  const cheap = unknown({ price_out: 0.2, reasoning: false, released: '2024-06-01' })
  const dear = unknown({ price_out: 20, reasoning: true, released: '2026-06-01' })
  expect(dear.theta).toBeGreaterThan(cheap.theta)
  expect(cheap.sd).toBeGreaterThan(profileOf(target('openai/gpt-5-mini')).sd)
})

test('at least eighty current models have a profile from scores or outcomes', async () => {
  const { default: stored } = await import('./profiles.json', { with: { type: 'json' } })
  const measured = stored.profiles.filter(({ evidence = [] }) => evidence.some((kind) => kind !== 'facts'))
  expect(measured.length).toBeGreaterThan(80)
})

test.each([
  ['claude-opus-5.5', 'claude-opus'],
  ['qwen3.8-27b', 'qwen-27b'],
  ['deepseek-v4p1-flash', 'deepseek-flash'],
  ['gpt-5-mini', 'gpt-mini'],
])('the line of %s is %s', (name, family) => {
  expect(familyName(name)).toBe(family)
})
