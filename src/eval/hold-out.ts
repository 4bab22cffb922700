import families from './families.json' with { type: 'json' }
import { hash } from './hash.ts'
import type { EvalPrompt, Outcomes } from './outcomes.ts'
import { pickPrompts } from './outcomes.ts'
import type { Split } from './split.ts'

/** A part of a set that was kept from what is learned. */
export type HeldOut = { readonly label: string; readonly split: Split }

/** The kinds of prompt that a set is split into: its data sets, or the families these belong to. */
export type Grouping = 'dataset' | 'family'

const LEAST_PROMPTS = 10

/**
 * Each group in turn as the test part, all others as the training part, without the questions they share.
 * A data set that no family lists is in no part: nobody knows what it would give away. Empty for fewer than two groups.
 */
export function holdOutGroups(outcomes: Outcomes, grouping: Grouping): HeldOut[] {
  const groups = Map.groupBy([...outcomes.prompts.entries()], ([, prompt]) => groupOf(prompt, grouping))
  groups.delete(undefined)
  return [...groups].flatMap(([label = '', rows]) => {
    const keys = new Set(rows.map(([, { key }]) => key))
    const others = [...groups].flatMap(([other, kept]) => (other === label ? [] : kept))
    const test = rows.map(([row]) => row)
    const train = others.filter(([, { key }]) => !keys.has(key)).map(([row]) => row)
    if (test.length < LEAST_PROMPTS || train.length < LEAST_PROMPTS) return []
    return [{ label, split: { train: pickPrompts(outcomes, train), test: pickPrompts(outcomes, test) } }]
  })
}

/** Data sets of a set that `families.json` does not list. */
export function withoutFamily(outcomes: Outcomes): string[] {
  const unlisted = outcomes.prompts.filter((prompt) => groupOf(prompt, 'family') === undefined)
  return [...new Set(unlisted.map(({ dataset }) => dataset))]
}

function groupOf({ dataset }: EvalPrompt, grouping: Grouping): string | undefined {
  if (grouping === 'dataset') return dataset
  return Object.entries(families).find(([, datasets]) => datasets.includes(dataset))?.[0]
}

/** A third of the models, the same ones every time: those whose names have the lowest hashes. In the set's order. */
export function heldOutModels(models: readonly string[]): string[] {
  const ordered = models.toSorted((a, b) => hash(a) - hash(b))
  const held = new Set(ordered.slice(0, Math.round(models.length / 3)))
  return models.filter((model) => held.has(model))
}
