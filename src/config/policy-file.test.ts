import { expect, test } from 'vitest'
import { readPolicyFile } from './policy-file.ts'

const readRouting = (routing: unknown) => routing as object

test('a policy file is read as those of the presets are', () => {
  const text = 'description: Ours.\nfixed_order: cheapest\nrouting: { weights: { cost: 2 } }\n'
  expect(readPolicyFile(text, 'ours', readRouting)).toEqual({
    name: 'ours',
    description: 'Ours.',
    fixedOrder: 'cheapest',
    directives: { weights: { cost: 2 } },
  })
})

test('what is no policy is refused in words', () => {
  expect(() => readPolicyFile('fixed_order: dearest\nrouting: {}', 'x', readRouting)).toThrow(/fixed_order/)
  expect(() => readPolicyFile('weights: { cost: 2 }', 'x', readRouting)).toThrow(/routing/)
})
