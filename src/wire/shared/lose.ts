import type { Loss } from '../../core/wire-format.ts'

/** Collects what a format cannot carry; each path and reason once. */
export type Losses = { lose(path: string, reason: string): void; readonly list: Loss[] }

export function createLosses(): Losses {
  const list: Loss[] = []
  return {
    list,
    lose(path, reason) {
      if (!list.some((loss) => loss.path === path && loss.reason === reason)) list.push({ path, reason })
    },
  }
}

/** Says the loss of what has no place; nothing is written for it. */
export function lost(losses: Losses, path: string, reason: string): undefined {
  losses.lose(path, reason)
  return undefined
}
