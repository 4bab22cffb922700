import type { AnyValue } from '@opentelemetry/api'

/** A value as JSON would have it, and about how many characters that would be. */
export type PlainCopy = { readonly value: AnyValue; readonly characters: number }

const DEEPEST = 32

/**
 * What of a value a collector takes, as a copy. Members that are not said are left out. A whole number beyond 2^53 is
 * written as text: in the JSON of OTLP it would be no number of 64 bits, and a collector refuses all of a batch for one.
 */
export function plainCopy(value: unknown, depth = 0): PlainCopy {
  switch (typeof value) {
    case 'string':
      return { value: value.toWellFormed(), characters: value.length }
    case 'number': {
      const isOdd = !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))
      return { value: isOdd ? String(value) : value, characters: 8 }
    }
    case 'boolean':
      return { value, characters: 4 }
    case 'bigint':
      return plainCopy(String(value))
    case 'object':
      if (value === null || depth >= DEEPEST) return { value: null, characters: 4 }
      return Array.isArray(value) ? plainList(value, depth + 1) : plainObject(value, depth + 1)
    default:
      return { value: null, characters: 4 }
  }
}

function plainList(list: readonly unknown[], depth: number): PlainCopy {
  let characters = 2
  const value = list.map((member) => {
    const copy = plainCopy(member, depth)
    characters += copy.characters + 1
    return copy.value
  })
  return { value, characters }
}

function plainObject(object: object, depth: number): PlainCopy {
  let characters = 2
  const value: Record<string, AnyValue> = {}
  for (const [name, member] of Object.entries(object)) {
    if (member === undefined) continue
    const copy = plainCopy(member, depth)
    characters += name.length + copy.characters + 4
    value[name] = copy.value
  }
  return { value, characters }
}
