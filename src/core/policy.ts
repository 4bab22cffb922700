import type { Directives } from './directives.ts'

/** How candidates are ordered when no router spoke in time. */
export type FixedOrder = 'listed' | 'cheapest' | 'fastest' | 'smallest' | 'newest'

/** A named choice of defaults: what stands in `policies/presets/NAME/policy.yaml`. */
export type Policy = {
  readonly name: string
  readonly description: string
  readonly directives: Directives
  readonly fixedOrder: FixedOrder
}
