import type { Store } from './ports.ts'

type Owned = { readonly key: string }

/**
 * Keeps the entries that were used last, and where there are too many lets go of one of the caller's who has most: nobody
 * pushes out what others have by having more.
 */
export function createFairStore<Value extends Owned>(maxEntries: number): Store<Value> {
  const owners = new Map<string, string>()
  // By caller; those used longest ago stand first.
  const kept = new Map<string, Map<string, Value>>()
  // Callers by how many entries they have: the most is found without looking at all.
  const bySize = new Map<number, Set<string>>()
  let most = 0

  function move(owner: string, from: number, to: number): void {
    const before = bySize.get(from)
    before?.delete(owner)
    if (before?.size === 0) bySize.delete(from)
    if (to > 0) {
      const now = bySize.get(to) ?? new Set()
      bySize.set(to, now.add(owner))
    }
    if (to > most) most = to
    else if (from === most && !bySize.has(from)) most = to
  }

  function remove(owner: string, entries: Map<string, Value>, id: string): void {
    entries.delete(id)
    owners.delete(id)
    move(owner, entries.size + 1, entries.size)
    if (entries.size === 0) kept.delete(owner)
  }

  function dropOne(): void {
    for (const owner of bySize.get(most) ?? []) {
      const entries = kept.get(owner)
      for (const id of entries?.keys() ?? []) {
        if (entries !== undefined) remove(owner, entries, id)
        return
      }
    }
  }

  return {
    get(id) {
      const entries = kept.get(owners.get(id) ?? '')
      const value = entries?.get(id)
      if (entries === undefined || value === undefined) return undefined
      entries.delete(id)
      entries.set(id, value)
      return value
    },
    set(id, value) {
      const owner = value.key
      const before = owners.get(id)
      const entriesBefore = before === undefined ? undefined : kept.get(before)
      if (before !== undefined && entriesBefore !== undefined) remove(before, entriesBefore, id)
      const entries = kept.get(owner) ?? new Map<string, Value>()
      // Nobody has more than its owner: one of his own makes room, and nobody's share changes.
      if (owners.size === maxEntries && entries.size === most) {
        const [oldest] = entries.keys()
        if (oldest !== undefined) {
          entries.delete(oldest)
          owners.delete(oldest)
          entries.set(id, value)
          owners.set(id, owner)
          return
        }
      }
      kept.set(owner, entries)
      entries.set(id, value)
      owners.set(id, owner)
      move(owner, entries.size - 1, entries.size)
      if (owners.size > maxEntries) dropOne()
    },
  }
}
