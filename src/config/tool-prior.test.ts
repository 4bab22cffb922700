import { expect, test } from 'vitest'
import data from '../../catalog/tool-use.json' with { type: 'json' }
import { catalog } from './catalog.ts'
import { BROKEN_OF_WRONG, toolPriorOf } from './tool-prior.ts'

const emulated = { dialect: 'hermes', isEmulated: true }
const written = { dialect: 'hermes', isEmulated: false }
const priorOf = (accuracy: number): number => 1 - BROKEN_OF_WRONG * (1 - accuracy)

test('a model’s own figure counts, by the way in which it is asked', () => {
  const { fc, prompt } = data.models['anthropic/claude-haiku-4-5']
  expect(fc).not.toBe(prompt)
  expect(toolPriorOf('anthropic/claude-haiku-4-5', undefined)).toBe(priorOf(fc))
  expect(toolPriorOf('anthropic/claude-haiku-4-5', written)).toBe(priorOf(fc))
  expect(toolPriorOf('anthropic/claude-haiku-4-5', emulated)).toBe(priorOf(prompt))
})

test('a model that nobody measured is taken for the middle, and emulated for the lower quarter', () => {
  for (const id of [undefined, 'nobody/nothing', 'openai/gpt-6-sol']) {
    expect(toolPriorOf(id, undefined)).toBe(priorOf(data.otherwise.fc))
    expect(toolPriorOf(id, emulated)).toBe(priorOf(data.otherwise.prompt))
  }
})

test('a model that was measured in the other way only is taken for the nearest known', () => {
  expect(toolPriorOf('google/gemma-3-1b-it', undefined)).toBe(priorOf(data.models['google/gemma-3-1b-it'].prompt))
  // Nobody gets better by having his tools emulated.
  const weak = data.models['meta/llama-3.2-1b-instruct'].fc
  expect(toolPriorOf('meta/llama-3.2-1b-instruct', emulated)).toBe(priorOf(weak))
  expect(toolPriorOf('zai/glm-4.6', emulated)).toBe(priorOf(data.otherwise.prompt))
})

test('every figure is a share, of a model that the catalogue has and that is not a reseller’s', () => {
  const own = new Set(catalog.flatMap(({ id, of }) => (of === undefined ? [id] : [])))
  for (const [id, row] of Object.entries(data.models)) {
    expect(own, id).toContain(id)
    const shares = Object.values(row).filter((value) => typeof value === 'number')
    expect(shares.length, id).toBeGreaterThan(0)
    for (const share of shares) expect(share > 0 && share <= 1, id).toBe(true)
  }
})
