import { buildSnapshot } from '../../config/build-snapshot.ts'
import type { Config } from '../../config/config-schema.ts'
import type { WrittenPolicy } from '../../config/read-policies.ts'
import type { Secrets } from '../../core/ports.ts'
import { builtInPolicies } from '../../directives/built-in-policies.ts'
import { findFlag } from '../../directives/flags.ts'
import { fromBody } from '../../directives/from-body.ts'
import { overlay } from '../../directives/merge.ts'
import { openGuard } from '../../guards/index.ts'
import { providers } from '../../providers/index.ts'

type Sources = {
  readonly secrets: Secrets
  /** Names of those that can be opened. */
  readonly routers: Iterable<string>
  readonly policyFiles?: readonly WrittenPolicy[]
  readonly hasStore?: boolean
}

/** The snapshot of a configuration, with everything that is built in. */
export function builtInSnapshot(config: Config, sources: Sources): ReturnType<typeof buildSnapshot> {
  return buildSnapshot(config, {
    providers,
    policies: builtInPolicies,
    readRouting: (routing) => fromBody(routing),
    openGuard,
    isFlag: (name) => findFlag(name, 'model') !== undefined,
    overlay,
    ...sources,
  })
}
