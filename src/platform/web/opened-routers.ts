import type { RouterDefinition } from '../../core/router.ts'
import { sha256 } from './sha256.ts'
import { createStore } from './store-lru.ts'

type Routers = ReadonlyMap<string, RouterDefinition>

/** The same routers, of which those that are `named` have been opened already: what they read, they read now. */
export async function openedRouters(
  routers: Routers,
  runtime: RouterDefinition['runtimes'][number],
  named: readonly string[],
): Promise<Routers> {
  const opened = new Map<string, RouterDefinition>()
  for (const [id, definition] of routers) {
    const isReady = named.includes(id) && definition.runtimes.includes(runtime)
    opened.set(id, isReady ? await ready(definition) : definition)
  }
  return opened
}

async function ready(definition: RouterDefinition): Promise<RouterDefinition> {
  const router = await definition.open(definition.settings.parse({}), {
    inference: undefined,
    createStore,
    digest: sha256,
  })
  return { ...definition, open: () => Promise.resolve(router) }
}
