import type { Config } from '../../../config/config-schema.ts'
import type { Problem } from '../../../config/problem.ts'
import { readSecret } from '../../../config/read-secret.ts'
import type { Peers } from '../../../core/peers.ts'
import type { Blobs, Log, Secrets } from '../../../core/ports.ts'
import { nodeClock, randomId } from '../ports.ts'
import type { RedisCounters } from '../redis/redis-counters.ts'

export type StoreAddress = Omit<NonNullable<Config['store']>, 'url'> & { readonly url: string }

// A store that is slower than this at the start is there later.
const PATIENCE_MS = 1_000

/** Where the store is, its secrets read; contacts nothing. */
export function readStore(
  store: Config['store'],
  secrets: Secrets,
): StoreAddress | undefined | { readonly problems: readonly Problem[] } {
  if (store === undefined || /^rediss?:/.test(store.url)) return store
  const problems: Problem[] = []
  const url = readSecret(store.url, 'store.url', secrets, (path, problem, remedy) => {
    problems.push({ path, problem, remedy })
  })
  if (url === undefined) return { problems }
  if (/^rediss?:\/\/./.test(url)) return { ...store, url }
  const problem = 'what is kept there is no address of a Redis or Valkey'
  return { problems: [{ path: 'store.url', problem, remedy: 'Keep redis://USER:PASSWORD@HOST:PORT there.' }] }
}

/** What opens the keep for answers in the store. Nothing is contacted before it is asked to. */
export async function sharedBlobsIn({ url, timeout_ms: timeoutMs }: StoreAddress, log: Log): Promise<() => Blobs> {
  const { createRedisBlobs } = await import('../redis/redis-blobs.ts')
  return () => createRedisBlobs({ url, timeoutMs, log })
}

/** The gateways that share the store. */
export async function openPeers({ url, timeout_ms: timeoutMs }: StoreAddress, log: Log): Promise<Peers> {
  const { createRedisPeers } = await import('../redis/redis-peers.ts')
  const peers = createRedisPeers({ url, timeoutMs, randomId, log })
  await peers.opened(PATIENCE_MS)
  return peers
}

/** Counters in the store. One that is away is looked for, and said to be; it keeps nothing from starting. */
export async function openCounters(store: StoreAddress, log: Log): Promise<RedisCounters> {
  const { createRedisCounters } = await import('../redis/redis-counters.ts')
  const { url, timeout_ms: timeoutMs, on_failure: onFailure } = store
  const counters = createRedisCounters({ url, timeoutMs, onFailure, clock: nodeClock, randomId, log })
  await counters.opened(PATIENCE_MS)
  const health = counters.health()
  if (health?.isUp === false) log('error', 'store_down', { problem: health.problem, on_failure: onFailure })
  return counters
}
