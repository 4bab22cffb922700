import type { Predictions } from '../core/router.ts'

/** Of which kind a prompt is: its direction in the space of a router's clusters. */
export type PromptKind = {
  /** Whose clusters. Kinds of different clusters have nothing to do with one another. */
  readonly clusters: string
  /** Of unit length. */
  readonly direction: Float32Array
  /** The cluster of which it is most. */
  readonly nearest: number
}

const ONE_KIND: PromptKind = { clusters: 'one', direction: Float32Array.of(1), nearest: 0 }

/**
 * Shares become a direction, so that the product of two kinds is their cosine: 1 for the same prompt, near 0 for another
 * topic. With the shares themselves a prompt that lies between clusters would count for a third of itself. They are
 * squared first, or the little that every prompt has of every cluster would carry what is learned of one to all others.
 */
export function kindOf({ shares, clusters }: Pick<Predictions, 'shares' | 'clusters'>): PromptKind {
  if (shares === undefined || shares.length === 0) return ONE_KIND
  let total = 0
  let nearest = 0
  for (const [cluster, share] of shares.entries()) {
    total += share ** 4
    if (share > (shares[nearest] ?? 0)) nearest = cluster
  }
  if (!(total > 0)) return ONE_KIND
  const length = Math.sqrt(total)
  return {
    clusters: clusters ?? `of ${shares.length}`,
    direction: shares.map((share) => (share * share) / length),
    nearest,
  }
}
