import type { JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** The same value: keys in any order, texts alike but for case and spaces around them, numbers but for their last bits. */
export function equalJson(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (typeof left === 'string' && typeof right === 'string') return plain(left) === plain(right)
  if (typeof left === 'number' && typeof right === 'number') {
    return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right))
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value: JsonValue, index) => equalJson(value, right[index]))
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = Object.keys(left)
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && equalJson(left[key], right[key]))
    )
  }
  return left === right
}

function plain(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase()
}

/** The JSON in an answer: all of it, or what stands in its last fenced block. `undefined` when there is none. */
export function readAnswerJson(text: string): JsonValue | undefined {
  const fenced = [...text.matchAll(/```\w*\n([\s\S]*?)```/g)].at(-1)?.[1]
  for (const source of [text, fenced]) {
    if (source === undefined) continue
    try {
      const value: JsonValue = JSON.parse(source)
      return value
    } catch {
      // Not JSON as a whole: the fenced block is next.
    }
  }
  return undefined
}
