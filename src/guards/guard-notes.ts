import type { GuardNote } from '../core/guard.ts'

/** What the guards of one call did so far. */
export type GuardNotes = {
  add(note: Pick<GuardNote, 'guard' | 'where' | 'action'>, kind: string): void
  list(): readonly GuardNote[]
}

export function createGuardNotes(): GuardNotes {
  const kinds = new Map<
    string,
    { readonly note: Omit<GuardNote, 'kinds' | 'count'>; readonly counts: Map<string, number> }
  >()
  return {
    add({ guard, where, action }, kind) {
      const key = `${guard} ${where} ${action}`
      const known = kinds.get(key) ?? { note: { guard, where, action }, counts: new Map<string, number>() }
      kinds.set(key, known)
      known.counts.set(kind, (known.counts.get(kind) ?? 0) + 1)
    },
    list: () =>
      [...kinds.values()].map(({ note, counts }) => ({
        ...note,
        kinds: Object.fromEntries(counts),
        count: [...counts.values()].reduce((sum, count) => sum + count, 0),
      })),
  }
}

/** `pii;where=request;action=redact;count=2`: a structured-field list (RFC 8941). */
export function formatNotes(notes: readonly GuardNote[]): string {
  return notes
    .map(({ guard, where, action, count }) => `${guard};where=${where};action=${action};count=${count}`)
    .join(', ')
}
