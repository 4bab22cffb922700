import { isJsonObject } from '../core/json.ts'
import { parseExact } from '../core/lossless-json.ts'
import type { StreamPart } from '../core/stream-part.ts'
import type { CallStart, PartChange } from './held-calls.ts'
import { createHeldCalls } from './held-calls.ts'

const WRAPPERS: ReadonlySet<string> = new Set(['parallel', 'multi_tool_use.parallel'])
const RECIPIENT = 'functions.'
// Beyond any index of an upstream's own.
const FIRST_INDEX = 2 ** 32

/** Names under which models call several functions at once, a tool that nobody declared (design/tool-calling.md §2.2). */
export function isParallelWrapper(name: string): boolean {
  return WRAPPERS.has(name)
}

/** Such calls as the calls inside of them, as a reader's parts pass. */
export function createParallelCalls(): PartChange {
  let next = FIRST_INDEX

  function whole(start: CallStart, argumentsText: string): StreamPart[] {
    const inner = callsIn(argumentsText)
    // Cut short, or a tool which is really named so: as the model wrote it.
    if (inner === undefined) return callOf(start, argumentsText)
    const { id, signature } = start
    return inner.flatMap((call, place) => {
      const index = next
      next += 1
      const signed = place > 0 || signature === undefined ? {} : { signature }
      const innerId = id === '' ? '' : `${id}_${place}`
      return callOf({ type: 'tool-call-start', index, id: innerId, name: call.name, ...signed }, call.argumentsText)
    })
  }

  return createHeldCalls((start) =>
    isParallelWrapper(start.name) && start.custom !== true
      ? { start: [], whole: (argumentsText) => whole(start, argumentsText) }
      : undefined,
  )
}

function callOf(start: CallStart, argumentsText: string): StreamPart[] {
  const { index } = start
  return [start, { type: 'tool-call-delta', index, argumentsText }, { type: 'tool-call-end', index }]
}

type InnerCall = { readonly name: string; readonly argumentsText: string }

function callsIn(argumentsText: string): readonly InnerCall[] | undefined {
  let value: unknown
  try {
    value = parseExact(argumentsText)
  } catch {
    return undefined
  }
  const uses = isJsonObject(value) ? value['tool_uses'] : undefined
  if (!Array.isArray(uses) || uses.length === 0) return undefined
  const calls = uses.flatMap(callIn)
  return calls.length === uses.length ? calls : undefined
}

function callIn(use: unknown): InnerCall[] {
  if (!isJsonObject(use)) return []
  const { recipient_name: recipient, parameters } = use
  if (typeof recipient !== 'string' || !recipient.startsWith(RECIPIENT) || !isJsonObject(parameters)) return []
  return [{ name: recipient.slice(RECIPIENT.length), argumentsText: JSON.stringify(parameters) }]
}
