import { createHash } from 'node:crypto'
import type { KeyLimits } from '../../src/core/counters.ts'
import type { InboundKey } from '../../src/core/snapshot.ts'

export const SECRET = 'secret-of-team-a'
export const BEARER = { authorization: `Bearer ${SECRET}` } as const

/** A caller's key, `team-a`, that is held to these limits. */
export function keyOf(limits: KeyLimits): InboundKey {
  const sha256 = new Uint8Array(createHash('sha256').update(SECRET).digest())
  return { name: 'team-a', sha256, routing: {}, promptFlags: 'off', limits }
}
