import { isObjectText } from '../core/object-text.ts'
import type { StreamPart } from '../core/stream-part.ts'

/** A change of parts on their way out of a reader; keeps state between them. */
export type PartChange = {
  push(part: StreamPart): StreamPart[]
  /** What was held of calls whose end the upstream did not say. */
  end(): StreamPart[]
  /** A call is under way of which nothing went out yet. */
  isHolding?(): boolean
}

export type CallStart = StreamPart & { type: 'tool-call-start' }

/** What becomes of a call. */
export type Rewriting = {
  /** Goes out when it starts. */
  readonly start: readonly StreamPart[]
  /** Goes out once it has ended, its end included. */
  whole(argumentsText: string): StreamPart[]
}

type HeldCall = { readonly id: string; readonly rewriting: Rewriting; argumentsText: string; isTried: boolean }

/**
 * Holds the arguments of calls that `rewrite` has something else for, until they are whole: the upstream says their end, or
 * something else comes and they parse (as in core/tidy-parts.ts). Parts of other calls pass at once.
 */
export function createHeldCalls(rewrite: (start: CallStart) => Rewriting | undefined): PartChange {
  // By the upstream's index.
  const held = new Map<number, HeldCall>()

  function release(index: number): StreamPart[] {
    const call = held.get(index)
    held.delete(index)
    return call === undefined ? [] : call.rewriting.whole(call.argumentsText)
  }

  function releaseWhole(): StreamPart[] {
    return [...held].flatMap(([index, call]) => {
      const isWhole = !call.isTried && isObjectText(call.argumentsText)
      call.isTried = true
      return isWhole ? release(index) : []
    })
  }

  function start(part: CallStart): StreamPart[] {
    const open = held.get(part.index)
    // Some servers repeat the start with every delta: one call all the same (core/tidy-parts.ts).
    if (open !== undefined && (part.id === '' || part.id === open.id)) return []
    const released = [...release(part.index), ...releaseWhole()]
    const rewriting = rewrite(part)
    if (rewriting === undefined) return [...released, part]
    held.set(part.index, { id: part.id, rewriting, argumentsText: '', isTried: false })
    return [...released, ...rewriting.start]
  }

  function extend(part: StreamPart & { type: 'tool-call-delta' }): StreamPart[] {
    const call = held.get(part.index)
    if (call === undefined) return [part]
    call.argumentsText += part.argumentsText
    call.isTried = false
    return []
  }

  return {
    push(part) {
      switch (part.type) {
        case 'tool-call-start':
          return start(part)
        case 'tool-call-delta':
          return extend(part)
        case 'tool-call-end':
          return held.has(part.index) ? release(part.index) : [part]
        case 'response-start':
        case 'usage':
        case 'response-end':
        case 'response-error':
          return [part]
        default:
          return held.size === 0 ? [part] : [...releaseWhole(), part]
      }
    },
    end: () => [...held.keys()].flatMap(release),
    isHolding: () => held.size > 0,
  }
}
