import { LRUCache } from 'lru-cache'
import type { Store } from '../../core/ports.ts'

/** Keeps the entries that were used last. */
export function createStore<Value>(maxEntries: number): Store<Value> {
  const entries = new LRUCache<string, { readonly value: Value }>({ max: maxEntries })
  return {
    get: (key) => entries.get(key)?.value,
    set: (key, value) => void entries.set(key, { value }),
  }
}
