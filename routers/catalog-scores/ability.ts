import { exactName, plainName } from '#core/model-name.ts'
import { log2 } from '#core/portable-maths.ts'
import type { Target } from '#core/target.ts'
import stored from './profiles.json' with { type: 'json' }

export type Ability = { readonly theta: number; readonly sd: number }

/** How able a model is in general: its own scores, else those of the models that cost about the same. */
export function createAbilities(): (target: Target) => Ability {
  const byName = new Map<string, Ability>()
  const byPlainName = new Map<string, Ability>()
  for (const profile of stored.profiles) {
    byName.set(exactName(profile.id), profile)
    byPlainName.set(plainName(profile.id), profile)
  }
  return (target) => {
    const names =
      target.catalogId === undefined ? [target.model, target.id] : [target.catalogId, target.model, target.id]
    for (const names_ of [
      names.map((name) => byName.get(exactName(name))),
      names.map((name) => byPlainName.get(plainName(name))),
    ]) {
      const known = names_.find((ability) => ability !== undefined)
      if (known !== undefined) return known
    }
    return likePriced(target.facts.price_out)
  }
}

const NEIGHBOURS = 9

function likePriced(priceOut: number | undefined): Ability {
  const level = log2(Math.max(priceOut ?? 1, 0.02))
  const distance = (price: number) => Math.abs(log2(Math.max(price, 0.02)) - level)
  const near = stored.profiles
    .filter((profile) => profile.price_out > 0)
    .toSorted((left, right) => distance(left.price_out) - distance(right.price_out))
    .slice(0, NEIGHBOURS)
  const theta = near.reduce((sum, profile) => sum + profile.theta, 0) / Math.max(near.length, 1)
  return { theta, sd: 1 }
}
