import type { CacheSettings } from '../core/snapshot.ts'
import type { Config } from './config-schema.ts'
import type { Say } from './problem.ts'

/** Which answers are kept; no member where none is. `hasStore`: the runtime brings a store that the configuration need not name. */
export function readCache(
  { cache, store }: Config,
  say: Say,
  hasStore = store !== undefined,
): { readonly cache?: CacheSettings } {
  const { exact, semantic } = cache
  if (semantic.enabled && !exact.enabled)
    say('cache.semantic.enabled', 'it needs the exact cache, which keeps the answers', 'Set cache.exact.enabled too.')
  if (cache.shared && !hasStore)
    say('cache.shared', 'there is no store to share', 'Name a Redis or Valkey in store.url, or leave it out.')
  if (!exact.enabled) return {}
  return {
    cache: {
      isShared: cache.shared,
      ttlMs: exact.ttl_s * 1_000,
      maxBytes: exact.max_bytes,
      maxEntryBytes: exact.max_entry_bytes,
      ...(semantic.enabled
        ? { semantic: { ttlMs: semantic.ttl_s * 1_000, match: semantic.match, threshold: semantic.threshold } }
        : {}),
    },
  }
}
