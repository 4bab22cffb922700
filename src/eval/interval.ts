import { generator } from './generator.ts'
import type { Scene } from './scene.ts'

const DRAWS = 1_000

/**
 * Resamples the test part by key, with replacement: quality and regret of `choices`, and `gain`, the difference in
 * quality to always taking `reference`, over the same draws. Shape of each: 1,000 draws.
 */
export function bootstrap(
  scene: Scene,
  choices: readonly number[],
  reference: number,
  seed: number,
): ReadonlyMap<string, Float64Array> {
  const { test, width } = scene
  const groups = new Map<string, { rows: number; score: number; reference: number; most: number }>()
  for (const [row, { key }] of test.prompts.entries()) {
    const cells = test.scores.subarray(row * width, (row + 1) * width)
    const group = groups.get(key) ?? { rows: 0, score: 0, reference: 0, most: 0 }
    group.rows += 1
    group.score += cells[choices[row] ?? 0] ?? 0
    group.reference += cells[reference] ?? 0
    group.most += Math.max(...cells)
    groups.set(key, group)
  }
  const all = [...groups.values()]
  // The same draws for every method of a seed, so that differences are paired.
  const next = generator(seed)
  const drawn = { quality: new Float64Array(DRAWS), regret: new Float64Array(DRAWS), gain: new Float64Array(DRAWS) }
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const sum = { rows: 0, score: 0, reference: 0, most: 0 }
    for (let index = 0; index < all.length; index += 1) {
      const group = all[Math.floor(next() * all.length)]
      if (group === undefined) continue
      sum.rows += group.rows
      sum.score += group.score
      sum.reference += group.reference
      sum.most += group.most
    }
    drawn.quality[draw] = sum.score / sum.rows
    drawn.regret[draw] = (sum.most - sum.score) / sum.rows
    drawn.gain[draw] = (sum.score - sum.reference) / sum.rows
  }
  return new Map(Object.entries(drawn))
}
