import type { Policy } from '../../core/policy.ts'

/** Cost weights from quality alone to price alone, two a doubling: 0, and 1/64 to 8,192 points for half the price. */
export const SWEPT_WEIGHTS: readonly number[] = [0, ...Array.from({ length: 39 }, (_, step) => 2 ** (step / 2 - 6))]

/** The objective alone at one cost weight: a band of 100 points, so that only the weight decides. */
export function atCostWeight(weight: number): Policy {
  return {
    name: `cost=${weight}`,
    description: 'One setting of the sweep.',
    fixedOrder: 'listed',
    directives: { quality: { band: 100 }, weights: { cost: weight } },
  }
}
