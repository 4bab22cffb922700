import { linearPattern } from '../core/linear-pattern.ts'

const MAX_PATTERN = 200
/** Longer strings are not held to a pattern. */
export const MAX_MATCHED = 128
/** Ways, as a power of two, in which that many repetitions can share out a string of 128 characters. */
const WAYS_OF_REPETITIONS = [0, 7, 13, 19] as const
/** Orders of so many repetitions, of which one is taken. */
const ORDERS = [1, 1, 2, 6] as const
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

/** About the most steps that a pattern of `valuePattern` or `namePattern` takes on texts of up to `length` characters. */
export function stepsOf(pattern: string): (length: number) => number {
  const { repetitions, choices } = branchingOf(pattern) ?? { repetitions: 0, choices: 0 }
  return (length) =>
    2 ** choices * Math.max(1, Math.min(length, MAX_MATCHED) ** repetitions / (ORDERS[repetitions] ?? 1))
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

type Branching = {
  readonly repetitions: number
  /** As a power of two: each choice doubles the ways that all the others have. */
  readonly choices: number
}

type Group = {
  /** Whether something in it repeats or it has a choice. */
  isRisky: boolean
  alternatives: number
}

/** True for a pattern that compiles and cannot backtrack much: few repetitions and choices, and no repetition of what has one. */
function isSafe(pattern: string): boolean {
  const found = branchingOf(pattern)
  const ways = found === undefined ? undefined : WAYS_OF_REPETITIONS[found.repetitions]
  if (found === undefined || ways === undefined) return false
  return found.choices <= MAX_CHOICES && ways + found.choices <= MAX_WAYS
}

/** What a pattern may be matched by in more than one way; `undefined` for one that is none, or repeats what has a choice. */
function branchingOf(pattern: string): Branching | undefined {
  if (pattern.length > MAX_PATTERN) return undefined
  try {
    new RegExp(pattern, 'u')
  } catch {
    // Not of ECMA-262: no keyword at all.
    return undefined
  }
  let repetitions = pattern.startsWith('^') ? 0 : 1
  let choices = 0
  const whole: Group = { isRisky: false, alternatives: 1 }
  const groups = [whole]
  let wasRisky = false
  for (const [token] of pattern.matchAll(TOKENS)) {
    const group = groups.at(-1) ?? whole
    if (/^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(token)) {
      const isOptional = token.startsWith('?')
      if (wasRisky && !isOptional) return undefined
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
  return { repetitions, choices: choices + Math.log2(whole.alternatives) }
}

// Escapes, classes and the beginnings of groups are one token each, so that what is in them is no syntax.
const TOKENS = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/g
