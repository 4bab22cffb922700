import type { Ports } from './core/ports.ts'
import type { Router, RouterDefinition } from './core/router.ts'
import type { Snapshot } from './core/snapshot.ts'
import { openRouter } from './open-router.ts'

/** The router that a snapshot asks for, kept open from one snapshot to the next. */
export type RouterKeeper = {
  /** The router for `snapshot`, opened or taught anew only where something changed. Its problem is in `problem()`. */
  routerFor(snapshot: Snapshot): Promise<Router | undefined>
  /** Closes what the last snapshot no longer uses. Call it when requests see the new router. */
  closeUnused(): Promise<void>
  /** Why the router is not in use, if it is not. */
  problem(): string | undefined
  close(): Promise<void>
}

/** Keeps one of `routers` open, as snapshots ask for it. */
export function keepRouter(routers: ReadonlyMap<string, RouterDefinition>, ports: Ports): RouterKeeper {
  let base: Router | undefined
  let taught: Router | undefined
  let settings = ''
  let lessons = ''
  let unused: Router | undefined
  let problem: string | undefined

  async function open({ router }: Snapshot): Promise<Router | undefined> {
    const opened = await openRouter(router, routers, ports)
    problem = opened.problem
    return opened.router
  }

  async function teach({ onboarded = [] }: Snapshot): Promise<Router | undefined> {
    if (base === undefined || onboarded.length === 0) return base
    const models = onboarded.map(({ target }) => target.id)
    if (base.onboard === undefined) {
      ports.log('warn', 'profiles_not_used', { router: base.name, models })
      return base
    }
    try {
      const learned = await base.onboard(onboarded, 'each')
      ports.log('info', 'profiles_used', { router: base.name, models })
      return learned
    } catch (cause) {
      ports.log('error', 'profiles_not_used', { router: base.name, models, problem: String(cause) })
      return base
    }
  }

  return {
    async routerFor(snapshot) {
      const asked = JSON.stringify(snapshot.router)
      const isSame = asked === settings
      if (!isSame) {
        const opened = await open(snapshot)
        unused = base
        base = opened
        settings = asked
      }
      const told = JSON.stringify(snapshot.onboarded ?? [])
      if (!isSame || told !== lessons) {
        taught = await teach(snapshot)
        lessons = told
      }
      return taught
    },
    async closeUnused() {
      await unused?.close()
      unused = undefined
    },
    problem: () => problem,
    close: async () => base?.close(),
  }
}
