import type { Directives } from '../core/directives.ts'
import type { JsonValue } from '../core/json.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { builtInPolicies } from './built-in-policies.ts'
import type { ReadDirectives } from './read-directives.ts'
import { readDirectives } from './read-directives.ts'

/** A configuration without models, which directives do not need. */
export function snapshot(given: Partial<Snapshot> = {}): Snapshot {
  return {
    targets: new Map(),
    providers: new Map(),
    pools: new Map(),
    aliases: new Map(),
    keys: [],
    policies: builtInPolicies,
    defaultPolicy: 'balanced',
    router: { use: 'uniform', device: 'none', deadlineMs: 30 },
    maxBodyBytes: 1,
    maxAttempts: 1,
    timeouts: { headersMs: 1, firstPartMs: 1, idleMs: 1, totalMs: 1 },
    ...given,
  }
}

export type Doors = {
  readonly model?: string
  readonly header?: string
  readonly body?: JsonValue
  readonly key?: Directives
  readonly snapshot?: Partial<Snapshot>
}

/** Reads what the given doors say. */
export function read(doors: Doors): ReadDirectives {
  return readDirectives({
    model: doors.model ?? 'auto',
    header: doors.header,
    body: doors.body,
    principal: { name: 'test', routing: doors.key ?? {}, promptFlags: 'off' },
    snapshot: snapshot(doors.snapshot),
  })
}
