import { linearPattern } from '../core/linear-pattern.ts'

const MAX_PATTERN = 200
/** Longer strings are not held to a pattern. */
const MAX_MATCHED = 128
/** Ways, as a power of two, in which that many repetitions can share out a string of 128 characters. */
const WAYS_OF_REPETITIONS = [0, 7, 13, 19] as const
/** Of matching, as a power of two: a million takes some milliseconds. */
const MAX_WAYS = 20
/** Of choices alone, which short strings have as well, and there may be hundreds of them. */
const MAX_CHOICES = 12

/** A pattern for the keyword `pattern`, which passes long strings; `undefined` where matching could take for ever. */
export function valuePattern(pattern: string): string | undefined {
  return isSafe(pattern) ? `^[\\s\\S]{${MAX_MATCHED + 1}}|${pattern}` : undefined
}

/** The same for names of properties, where a long name matches nothing. */
export function namePattern(pattern: string): string | undefined {
  return isSafe(pattern) ? `^(?![\\s\\S]{${MAX_MATCHED + 1}})[\\s\\S]*?(?:${pattern})` : undefined
}

/** A pattern that could take for ever, as one of those names that have it; `undefined` where that cannot be said. */
export function patternOfNames(pattern: string, names: Iterable<string>): string | undefined {
  const has = pattern.length > MAX_PATTERN ? undefined : linearPattern(pattern)
  if (has === undefined) return undefined
  const found = [...names].filter((name) => name.length <= MAX_MATCHED && has(name))
  // Two patterns of the same names are two.
  return `(?:${literal(pattern)}){0}^(?:${[...found.map(literal), '(?!)'].join('|')})$`
}

/** A pattern of names that these do not have. */
export function exceptFor(names: readonly string[], pattern: string): string {
  return names.length === 0 ? pattern : `^(?!(?:${names.map(literal).join('|')})$)(?:${pattern})`
}

function literal(name: string): string {
  return [...name].map((character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`).join('')
}

type Group = {
  /** Whether something in it repeats or it has a choice. */
  isRisky: boolean
  alternatives: number
}

/** True for a pattern that compiles and cannot backtrack much: few repetitions and choices, and no repetition of what has one. */
function isSafe(pattern: string): boolean {
  if (pattern.length > MAX_PATTERN) return false
  try {
    new RegExp(pattern, 'u')
  } catch {
    // Not of ECMA-262: no keyword at all.
    return false
  }
  let repetitions = pattern.startsWith('^') ? 0 : 1
  // As a power of two: each choice doubles the ways that all the others have.
  let choices = 0
  const whole: Group = { isRisky: false, alternatives: 1 }
  const groups = [whole]
  let wasRisky = false
  for (const [token] of pattern.matchAll(TOKENS)) {
    const group = groups.at(-1) ?? whole
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(token)) {
      const isOptional = token.startsWith('?')
      if (wasRisky && !isOptional) return false
      if (isOptional) choices += 1
      else if (!/^\{\d+\}/.test(token)) repetitions += 1
      group.isRisky = true
    }
    wasRisky = false
    if (token.startsWith('(')) groups.push({ isRisky: false, alternatives: 1 })
    else if (token === '|') {
      group.alternatives += 1
      group.isRisky = true
    } else if (token === ')') {
      groups.pop()
      choices += Math.log2(group.alternatives)
      wasRisky = group.isRisky
      if (wasRisky) (groups.at(-1) ?? whole).isRisky = true
    }
  }
  choices += Math.log2(whole.alternatives)
  const ways = WAYS_OF_REPETITIONS[repetitions]
  return ways !== undefined && choices <= MAX_CHOICES && ways + choices <= MAX_WAYS
}

// Escapes, classes and the beginnings of groups are one token each, so that what is in them is no syntax.
const TOKENS = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/g
