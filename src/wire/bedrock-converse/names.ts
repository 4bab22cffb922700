import type { Message } from '../../core/request.ts'
import { shortHash } from '../shared/short-hash.ts'
import { familyOf } from './models.ts'

const VALID = /^[a-zA-Z0-9_-]{1,64}$/

/** Ids of one request's calls as Bedrock takes them, and which call a result belongs to. */
export type CallIds = {
  /** The id to write for the next call in the history. */
  call(id: string): string
  /** The id of the call that this result answers; `undefined` when there is none. */
  result(id: string): string | undefined
}

/** What a model takes as an id, and one of this shape out of a hash. Mistral's templates want nine characters. */
type IdShape = { readonly valid: RegExp; make(hash: string): string }

const ANY_ID: IdShape = { valid: VALID, make: (hash) => `call_${hash}` }
const MISTRAL_ID: IdShape = { valid: /^[a-zA-Z0-9]{9}$/, make: (hash) => hash.slice(0, 9) }

/**
 * The same id for the same history, turn after turn: one that may stand stays, another is hashed. A history in which
 * calls share an id (some servers number them anew in every turn) gets one each, answered in the order of the calls.
 */
export function createCallIds(messages: readonly Message[], model: string): CallIds {
  const shape = familyOf(model) === 'mistral' ? MISTRAL_ID : ANY_ID
  const valid = new Set<string>()
  for (const { content } of messages) {
    for (const part of content) if (part.type === 'tool-call' && shape.valid.test(part.id)) valid.add(part.id)
  }
  const taken = new Set<string>()
  const open = new Map<string, string[]>()

  function unique(id: string): string {
    if (shape.valid.test(id) && !taken.has(id)) return id
    for (let attempt = 0; ; attempt += 1) {
      const written = shape.make(shortHash(attempt === 0 ? id : `${id} ${attempt}`))
      if (!taken.has(written) && !valid.has(written)) return written
    }
  }

  return {
    call(id) {
      const written = unique(id)
      taken.add(written)
      open.set(id, [...(open.get(id) ?? []), written])
      return written
    },
    result: (id) => open.get(id)?.shift(),
  }
}
