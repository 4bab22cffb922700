import type { Reading } from './cursor.ts'
import type { Channel, Dialect, Outcome } from './dialect.ts'

const OPEN = '<think>'
const THOUGHT: Channel = { channel: 'reasoning', ends: ['</think>'] }

/** The same for a family with marks of its own for what it thinks: it was trained on others' answers too. */
export function withThinkTags(dialect: Dialect): Dialect {
  return {
    ...dialect,
    opens: [...dialect.opens, OPEN],
    *read(cursor, declared): Reading<Outcome> {
      if (!(yield* cursor.literal(OPEN))) return yield* dialect.read(cursor, declared)
      if (!cursor.isLineStart) return undefined
      yield* cursor.spaces()
      return THOUGHT
    },
  }
}
