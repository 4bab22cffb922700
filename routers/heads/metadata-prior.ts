import type { Target } from '#core/target.ts'
import heads from './heads.json' with { type: 'json' }
import { log } from './portable-maths.ts'
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
    sd: heads.prior.sd * UNKNOWN_WIDENING,
    u: heads.prior.u.map((offset) => offset * thinking),
    sd_u: heads.prior.sdU,
    thinking,
    verbosity: 0,
    evidence: ['facts'],
  }
}

// The models the prior was checked on are listed ones; one that nobody lists is a wider guess.
const UNKNOWN_WIDENING = 1.5

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
