import { expect, test } from 'vitest'
import { target } from '../../test/contract/describe-router.ts'
import { familyName } from './family.ts'
import { createProfiles } from './profile.ts'

const profileOf = createProfiles()

test('a profile is found by catalogue id, whatever the target is called', () => {
  expect(profileOf(target('work/my-deployment', {}, 'openai/gpt-5-mini')).id).toBe('openai/gpt-5-mini')
})

test.each([
  ['openrouter/anthropic/claude-haiku-4.5', 'anthropic/claude-haiku-4-5'],
  ['bedrock/claude-haiku-4-5-20251001', 'anthropic/claude-haiku-4-5'],
  ['simulated/openai/gpt-5-mini', 'openai/gpt-5-mini'],
  ['azure/gpt-4o-2024-08-06', 'openai/gpt-4o'],
])('%s is %s without a catalogue id', (id, expected) => {
  expect(profileOf(target(id, {}, undefined)).id).toBe(expected)
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
  const measured = stored.profiles.filter(({ evidence }) => evidence.some((kind) => kind !== 'facts'))
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
