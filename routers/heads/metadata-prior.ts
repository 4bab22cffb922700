import { log } from '#core/portable-maths.ts'
import type { Target } from '#core/target.ts'
import heads from './heads.json' with { type: 'json' }
import type { Profile } from './profile.ts'

/**
 * A profile for a model without scores or outcomes, from its facts: price as a stand-in for size, release date,
 * reasoning, and what its name says of its size. As `metadata` in train/priors.py; the widest uncertainty we state.
 */
export function metadataProfile(target: Target): Profile {
  const { facts } = target
  const thinking = facts.reasoning === true ? 1 : 0
  const inputs = [1, priceLevel(facts.price_out), yearsSince2025(facts.released), thinking, smallness(target)]
  const theta = heads.prior.theta.reduce((sum, weight, index) => sum + weight * (inputs[index] ?? 0), 0)
  return {
    id: target.id,
    theta,
    sd: Math.sqrt(squared(heads.prior.sd * UNKNOWN_WIDENING) + unknownVariance(target)),
    u: heads.prior.u.map((offset) => offset * thinking),
    sd_u: heads.prior.sdU,
    sd_slope: SLOPE_SD,
    thinking,
    verbosity: 0,
    evidence: ['facts'],
  }
}

// The models the prior was checked on are listed ones; one that nobody lists is a wider guess. With this and the facts
// that are unknown, the guess at the 191 models of outcome data, by their names alone, says ±0.74 and misses by 0.78.
const UNKNOWN_WIDENING = 2

// On the easiest sixth of six collections of outcomes such guesses say 0.79 to 0.91 and miss a model's share of good
// answers by 0.09 to 0.37, no less than on harder prompts (scripts/measure-facts.ts). With this they say ±0.10 to ±0.15.
export const SLOPE_SD = 0.35

// By how much models differ in a fact that is not known, in the unit of its weight.
const SPREADS = { price: 1.8, year: 0.7, thinking: 0.5, smallness: 0.35 }

/** Variance of the ability from facts that nobody wrote down: the usual value stands in for them, and may be off. */
function unknownVariance(target: Target): number {
  const { price_out: price, released, reasoning } = target.facts
  const [, ofPrice = 0, ofYear = 0, ofThinking = 0, ofSize = 0] = heads.prior.theta
  const missed = [
    price === undefined || price <= 0 ? ofPrice * SPREADS.price : 0,
    released === undefined ? ofYear * SPREADS.year : 0,
    reasoning === undefined ? ofThinking * SPREADS.thinking : 0,
    smallness(target) === 0 && target.facts.params_b === undefined ? ofSize * SPREADS.smallness : 0,
  ]
  return missed.reduce((sum, miss) => sum + squared(miss), 0)
}

function squared(value: number): number {
  return value * value
}

function priceLevel(priceOut: number | undefined): number {
  if (priceOut === undefined || priceOut <= 0) return 0
  return log(Math.min(Math.max(priceOut, 0.02), 200) / 2) / Math.LN2
}

function yearsSince2025(released: string | undefined): number {
  if (released === undefined) return heads.prior.year - 2025
  const [year, month] = released.split('-').map(Number)
  if (year === undefined || Number.isNaN(year)) return heads.prior.year - 2025
  return year - 2025 + (month === undefined || Number.isNaN(month) ? 0.5 : (month - 1) / 12)
}

function smallness(target: Target): number {
  const size = target.facts.params_b ?? sizeInName(target.model)
  if (size !== undefined && size <= 2) return 1
  if (size !== undefined && size <= 14) return 0.9
  if (/nano|micro|tiny/i.test(target.model)) return 1
  if (/flash-lite|-lite|ministral/i.test(target.model)) return 0.8
  return /mini(?!max)|haiku|flash|air|small|nemo/i.test(target.model) ? 0.5 : 0
}

function sizeInName(model: string): number | undefined {
  const match = /(?<![a-z\d.])(\d+(?:\.\d+)?)b(?![a-z\d])/i.exec(model)
  return match === null ? undefined : Number(match[1])
}
