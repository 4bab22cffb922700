import { expect, test } from 'vitest'
import { heldOutModels, holdOutGroups, withoutFamily } from './hold-out.ts'
import { cleanPart, type Outcomes, pickModels } from './outcomes.ts'

/** 20 questions each of three data sets; the first of `gsm8k` also stands in `mmlu`. */
function createOutcomes(datasets = ['gsm8k', 'mmlu', 'mine']): Outcomes {
  const prompts = datasets.flatMap((dataset) =>
    Array.from({ length: 20 }, (_, index) => ({
      id: `${dataset}/${index}`,
      key: index === 0 && dataset !== 'mine' ? 'shared' : `${dataset}/${index}`,
      dataset,
      text: `${dataset} ${index}`,
      isContaminated: index === 1,
    })),
  )
  const scores = Float64Array.from({ length: prompts.length * 2 }, (_, cell) => cell % 2)
  return { id: 'set', prompts, models: ['a', 'b'], scores, costs: undefined, lengths: undefined }
}

test('each data set is held out once, and its questions are not learned from', () => {
  const found = holdOutGroups(createOutcomes(), 'dataset')
  expect(found.map(({ label }) => label)).toEqual(['gsm8k', 'mmlu', 'mine'])
  const [first] = found
  expect(first?.split.test.prompts.every(({ dataset }) => dataset === 'gsm8k')).toBe(true)
  expect(first?.split.test.prompts).toHaveLength(20)
  expect(first?.split.train.prompts).toHaveLength(39)
  expect(first?.split.train.prompts.some(({ key }) => key === 'shared')).toBe(false)
})

test('a family holds its data sets; one that no family lists is in no part', () => {
  const found = holdOutGroups(createOutcomes(['gsm8k', 'math_level5', 'mbpp', 'mine']), 'family')
  expect(found.map(({ label, split }) => [label, split.test.prompts.length, split.train.prompts.length])).toEqual([
    ['math', 40, 19],
    ['code', 20, 38],
  ])
  expect(withoutFamily(createOutcomes())).toEqual(['mine'])
})

test('a set of one group has nothing to hold out', () => {
  expect(holdOutGroups(createOutcomes(['gsm8k']), 'dataset')).toEqual([])
})

test('a third of the models is held out, whatever their order', () => {
  const models = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const held = heldOutModels(models)
  expect(held).toHaveLength(2)
  expect(heldOutModels(models.toReversed()).toSorted()).toEqual(held.toSorted())
  const part = pickModels(createOutcomes(), ['b'])
  expect(part.models).toEqual(['b'])
  expect(part.scores.every((score) => score === 1)).toBe(true)
})

test('the clean part leaves contaminated prompts out, where there are any', () => {
  expect(cleanPart(createOutcomes())?.prompts).toHaveLength(57)
  const { prompts, ...rest } = createOutcomes()
  expect(cleanPart({ ...rest, prompts: prompts.map((one) => ({ ...one, isContaminated: false })) })).toBeUndefined()
})
