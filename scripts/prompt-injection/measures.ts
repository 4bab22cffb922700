import type { InjectionModel } from '../../src/guards/prompt-injection/score.ts'
import { scoreText } from '../../src/guards/prompt-injection/score.ts'

/** Chance that an attack scores above a harmless text, ties as halves. */
export function auroc(attacks: readonly number[], harmless: readonly number[]): number {
  const all = [
    ...attacks.map((score) => ({ score, isAttack: true })),
    ...harmless.map((score) => ({ score, isAttack: false })),
  ]
  all.sort((left, right) => left.score - right.score)
  let below = 0
  let sum = 0
  for (let index = 0; index < all.length; ) {
    let end = index
    while (all[end]?.score === all[index]?.score && end < all.length) end += 1
    const tied = all.slice(index, end)
    const harmlessTied = tied.filter(({ isAttack }) => !isAttack).length
    sum += (tied.length - harmlessTied) * (below + harmlessTied / 2)
    below += harmlessTied
    index = end
  }
  return sum / (attacks.length * harmless.length)
}

export function scoresOf(texts: readonly string[], model: InjectionModel): number[] {
  return texts.map((text) => scoreText(text, model))
}

export function shareAbove(scores: readonly number[], threshold: number): number {
  return scores.filter((score) => score >= threshold).length / scores.length
}

/** The model moved so that a share of these harmless scores is at or above one half. */
export function calibrated(model: InjectionModel, harmless: readonly number[], share: number): InjectionModel {
  const sorted = harmless.toSorted((left, right) => right - left)
  const limit = sorted[Math.floor(share * sorted.length)] ?? 0.5
  const bounded = Math.min(1 - 1e-9, Math.max(1e-9, limit))
  return { ...model, bias: model.bias - Math.log(bounded / (1 - bounded)) }
}
