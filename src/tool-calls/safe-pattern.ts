import { linearPattern } from '../core/linear-pattern.ts'

const MAX_PATTERN = 200
/** Longer strings are not held to a pattern. */
const MAX_MATCHED = 128
// With a string of 128 characters, three repetitions take some hundred thousand steps at most.
const MAX_REPETITIONS = 3

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

/** True for a pattern that compiles and cannot backtrack much: few repetitions, and none of what repeats or has a choice. */
function isSafe(pattern: string): boolean {
  if (pattern.length > MAX_PATTERN) return false
  try {
    new RegExp(pattern, 'u')
  } catch {
    // Not of ECMA-262: no keyword at all.
    return false
  }
  let repetitions = pattern.startsWith('^') ? 0 : 1
  // Of every open group, whether something in it repeats or it has a choice.
  const groups: boolean[] = []
  let wasRisky = false
  for (const [token] of pattern.matchAll(TOKENS)) {
    const isRepetition = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.test(token)
    if (isRepetition) {
      const isOptional = token.startsWith('?')
      if (wasRisky && !isOptional) return false
      if (!/^\{\d+\}/.test(token) && !isOptional) repetitions += 1
      if (groups.length > 0) groups[groups.length - 1] = true
    }
    wasRisky = false
    if (token.startsWith('(')) groups.push(false)
    else if (token === '|' && groups.length > 0) groups[groups.length - 1] = true
    else if (token === ')') {
      wasRisky = groups.pop() === true
      if (wasRisky && groups.length > 0) groups[groups.length - 1] = true
    }
  }
  return repetitions <= MAX_REPETITIONS
}

// Escapes, classes and the beginnings of groups are one token each, so that what is in them is no syntax.
const TOKENS = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/g
