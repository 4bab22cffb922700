import type { CacheUse } from '../core/cache-use.ts'
import type { Directives } from '../core/directives.ts'
import type { CacheSettings } from '../core/snapshot.ts'

/** What a call may do with kept answers. */
export type AskedCache = {
  /** False: the new answer is kept, and none of before will do. */
  readonly reads: boolean
  /** An older answer will not do. */
  readonly maxAgeMs: number
  /** An answer to a question that means the same will do. */
  readonly isSemantic: boolean
}

type Said = {
  /** What the key may. */
  readonly allowed: CacheUse | undefined
  readonly directive: Directives['cache']
  readonly cacheControl: string | undefined
}

/** `undefined` for a call that has nothing to do with kept answers. Whoever speaks, each can only forbid. */
export function askedCache(
  settings: CacheSettings,
  { allowed, directive, cacheControl }: Said,
): AskedCache | undefined {
  if (allowed === 'off' || directive === 'off') return undefined
  const words = wordsOf(cacheControl)
  if (words.has('no-store')) return undefined
  const maxAgeMs = maxAgeOf(words)
  const isRefused = directive === 'refresh' || words.has('no-cache') || maxAgeMs <= 0
  const isSemantic = settings.semantic !== undefined && allowed !== 'exact' && directive !== 'exact'
  return { reads: !isRefused, maxAgeMs, isSemantic }
}

const NONE: ReadonlySet<string> = new Set()

/** RFC 9111, section 5.2. */
function wordsOf(header: string | undefined): ReadonlySet<string> {
  if (header === undefined) return NONE
  return new Set(header.split(',').map((word) => word.trim().toLowerCase().replaceAll(/[\s"]/g, '')))
}

const MAX_AGE = /^max-age=(\d+)$/

/** Of several the least. */
function maxAgeOf(words: ReadonlySet<string>): number {
  return [...words].reduce((least, word) => {
    const seconds = MAX_AGE.exec(word)?.[1]
    return seconds === undefined ? least : Math.min(least, Number(seconds) * 1_000)
  }, Number.POSITIVE_INFINITY)
}
