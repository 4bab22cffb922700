import type { Message } from '../../core/request.ts'
import type { OpenCalls } from './open-calls.ts'
import { createOpenCalls } from './open-calls.ts'

/**
 * What a format takes as the id of a call, and one of this shape made of a text, the same for the same text. How made ids
 * look is each format's own: test/fixtures/written holds some.
 */
export type IdShape = { readonly valid: RegExp; make(text: string): string }

/** The id itself where it may stand, else the one made of it: the same for the same id. */
export function takenId(id: string, { valid, make }: IdShape): string {
  return valid.test(id) ? id : make(id)
}

/** Ids of one request's calls as a format takes them, and which call a result belongs to. */
export type CallIds = Pick<OpenCalls, 'beginTurn' | 'result'> & {
  /** The id to write for the next call in the history. */
  call(id: string): string
}

/**
 * The same id for the same history, turn after turn: one that may stand stays, another is made of it. Every call gets one
 * of its own, since ids that are used again are told apart nowhere (design/tool-calling.md §0.3, §2.2).
 */
export function createCallIds(messages: readonly Message[], shape: IdShape): CallIds {
  const valid = new Set<string>()
  for (const { content } of messages) {
    for (const part of content) if (part.type === 'tool-call' && shape.valid.test(part.id)) valid.add(part.id)
  }
  const taken = new Set<string>()
  const { beginTurn, call, result } = createOpenCalls()

  function unique(id: string): string {
    if (shape.valid.test(id) && !taken.has(id)) return id
    for (let attempt = 0; ; attempt += 1) {
      const written = shape.make(attempt === 0 ? id : `${id} ${attempt}`)
      if (!taken.has(written) && !valid.has(written)) return written
    }
  }

  return {
    beginTurn,
    call(id) {
      const written = unique(id)
      taken.add(written)
      call(id, written)
      return written
    },
    result,
  }
}
