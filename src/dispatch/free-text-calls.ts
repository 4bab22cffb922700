import { isJsonObject } from '../core/json.ts'
import type { StreamPart } from '../core/stream-part.ts'

/** Turns calls of some tools back into free text, as a reader's parts pass; keeps state between them. */
export type FreeText = {
  push(part: StreamPart): StreamPart[]
  /** The text of calls whose end the upstream did not say. */
  end(): StreamPart[]
}

type HeldCall = { readonly id: string; argumentsText: string }

/**
 * Calls of `tools` as calls of free text: their arguments are held until the call has ended, since nothing short of the
 * whole JSON says where its one text ends. Parts of other calls pass at once.
 */
export function createFreeText(tools: ReadonlySet<string>): FreeText {
  // By the upstream's index.
  const held = new Map<number, HeldCall>()

  function release(index: number): StreamPart[] {
    const call = held.get(index)
    if (call === undefined) return []
    held.delete(index)
    const text = freeTextOf(call.argumentsText)
    return text === '' ? [] : [{ type: 'tool-call-delta', index, argumentsText: text }]
  }

  function start(part: StreamPart & { type: 'tool-call-start' }): StreamPart[] {
    const open = held.get(part.index)
    // Some servers repeat the start with every delta: one call all the same (tidy-parts.ts).
    if (open !== undefined && (part.id === '' || part.id === open.id)) return []
    const released = release(part.index)
    if (!tools.has(part.name)) return [...released, part]
    held.set(part.index, { id: part.id, argumentsText: '' })
    return [...released, { ...part, custom: true }]
  }

  return {
    push(part) {
      switch (part.type) {
        case 'tool-call-start':
          return start(part)
        case 'tool-call-delta': {
          const call = held.get(part.index)
          if (call === undefined) return [part]
          call.argumentsText += part.argumentsText
          return []
        }
        case 'tool-call-end':
          return [...release(part.index), part]
        default:
          return [part]
      }
    },
    end: () => [...held.keys()].flatMap(release),
  }
}

/**
 * The text in `{"input": "…"}`. What is cut off, or is no such object, stays as it came: to cut a text out of it would be
 * to guess what the model meant (design/tool-calling.md §0.7).
 */
function freeTextOf(argumentsText: string): string {
  let value: unknown
  try {
    value = JSON.parse(argumentsText)
  } catch {
    return argumentsText
  }
  if (typeof value === 'string') return value
  if (!isJsonObject(value)) return argumentsText
  if (typeof value['input'] === 'string') return value['input']
  return Object.keys(value).length === 0 ? '' : argumentsText
}
