import type { PartChange } from './held-calls.ts'
import { createHeldCalls } from './held-calls.ts'

/**
 * Calls whose arguments stand otherwise than the client declared them, as he did: what a member is called, or what a text
 * stands for, is known once they are whole. By the names of the tools as they were written.
 */
export function createReadArguments(readArguments: ReadonlyMap<string, (argumentsText: string) => string>): PartChange {
  return createHeldCalls((start) => {
    const read = readArguments.get(start.name)
    if (read === undefined) return undefined
    return {
      start: [start],
      whole(argumentsText) {
        const said = read(argumentsText)
        const { index } = start
        const end = { type: 'tool-call-end', index } as const
        return said === '' ? [end] : [{ type: 'tool-call-delta', index, argumentsText: said }, end]
      },
    }
  })
}
