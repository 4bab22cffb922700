import { isJsonObject } from '../core/json.ts'
import type { StreamPart } from '../core/stream-part.ts'
import type { PartChange } from './held-calls.ts'
import { createHeldCalls } from './held-calls.ts'

/**
 * Calls of `tools` as calls of free text, as a reader's parts pass: nothing short of the whole JSON says where it ends.
 * `findName`: the declared tool that a model's name means.
 */
export function createFreeText(
  tools: ReadonlySet<string>,
  findName: (name: string) => string | undefined = (name) => name,
): PartChange {
  return createHeldCalls((start) => {
    const name = findName(start.name)
    if (name === undefined || !tools.has(name)) return undefined
    return {
      start: [{ ...start, name, custom: true }],
      whole: (argumentsText) => wholeText(start.index, argumentsText),
    }
  })
}

function wholeText(index: number, argumentsText: string): StreamPart[] {
  const text = freeTextOf(argumentsText)
  const said: StreamPart[] = text === '' ? [] : [{ type: 'tool-call-delta', index, argumentsText: text }]
  return [...said, { type: 'tool-call-end', index }]
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
