import { jsonrepair } from 'jsonrepair'
import { isJson, MAX_VALUE_LENGTH } from './json.ts'

const MAX_DEPTH = 128
// The repair reads on to the end, and back, at every quote that ends no string: quotes by length, some tens of
// milliseconds.
const MAX_BROKEN_LENGTH = 32_768
const MAX_QUOTE_WORK = 2 ** 24
/** What it takes to begin a repair, to read a unit, and how much of a quote's work is as much as reading a unit. */
const REPAIR_WORK = 512
const UNIT_WORK = 8
const QUOTE_WORK_PER_UNIT = 16
/** How much white space may stand between a quote and what it begins or ends. */
const NEAR = 16
const QUOTES = /["'`\u2018\u2019\u201c\u201d]/g
const FENCE = '```'
const BETWEEN = /^[\s,;]*$/

/**
 * The object or list that a broken JSON text is meant to be, as JSON; `undefined` where nothing can be made of it. A fence
 * and prose around the value are left out; several objects in a row are a list of them. Digits stay as they were written,
 * and a text that is JSON already is returned as it is. Never throws. At most 1 MiB, and 32 KiB of what is broken. Not for a
 * text that was cut: what its writer had not said yet would be made up.
 */
export function repairedJson(text: string): string | undefined {
  if (text.length > MAX_VALUE_LENGTH) return undefined
  const trimmed = text.trim()
  if (isValue(trimmed)) return trimmed
  const inner = withoutFence(trimmed)
  if (isValue(inner)) return inner
  const stretches = stretchesOf(inner)
  if (stretches === undefined) return undefined
  const [first, ...others] = stretches
  if (first === undefined) return undefined
  const isRow = stretches.every(({ from }, index) => BETWEEN.test(inner.slice(stretches[index - 1]?.to ?? from, from)))
  if (others.length > 0 && isRow) {
    const values = stretches.map(({ from, to }) => repaired(inner.slice(from, to)))
    if (values.every((value) => value !== undefined)) return `[${values.join(', ')}]`
  }
  // Quotes that were not escaped may hide where the value ends: then all that follows belongs to it.
  return repaired(inner.slice(first.from, first.to)) ?? repaired(inner.slice(first.from))
}

/** What stands in a fence of code, if the text is one. */
export function withoutFence(text: string): string {
  if (!text.startsWith(FENCE) || !text.endsWith(FENCE) || text.length < 2 * FENCE.length) return text
  return text
    .slice(FENCE.length, -FENCE.length)
    .replace(/^[\w-]*/, '')
    .trim()
}

type Stretch = { readonly from: number; readonly to: number }

/** Where the outermost objects and lists stand, by their brackets and strings; `undefined` for such as are too deep. */
function stretchesOf(text: string): Stretch[] | undefined {
  const found: Stretch[] = []
  let depth = 0
  let from = 0
  let isString = false
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at)
    if (isString) {
      if (unit === '\\') at += 1
      else if (unit === '"') isString = false
    } else if (unit === '"') isString = depth > 0
    else if (unit === '{' || unit === '[') {
      if (depth === 0) from = at
      depth += 1
      if (depth > MAX_DEPTH) return undefined
    } else if (depth > 0 && (unit === '}' || unit === ']')) {
      depth -= 1
      if (depth === 0) found.push({ from, to: at + 1 })
    }
  }
  return depth > 0 ? [...found, { from, to: text.length }] : found
}

/** How much work a repair is, in units that are read. */
export function repairWork(text: string): number {
  const length = Math.min(text.length, MAX_BROKEN_LENGTH)
  const quotes = Math.min(quoteWork(text), MAX_QUOTE_WORK)
  return REPAIR_WORK + UNIT_WORK * length + quotes / QUOTE_WORK_PER_UNIT
}

/** Quotes that stand where no string begins or ends, by the length that is read again at each. */
function quoteWork(text: string): number {
  let odd = 0
  for (const { index } of text.matchAll(QUOTES)) {
    const before = text
      .slice(Math.max(index - NEAR, 0), index)
      .trimEnd()
      .slice(-1)
    const after = text
      .slice(index + 1, index + 1 + NEAR)
      .trimStart()
      .charAt(0)
    const isApostrophe = text.charAt(index) !== '"' && /\w/.test(before) && /\w/.test(after)
    if (!isApostrophe && !'{[,:'.includes(before) && !',:}]'.includes(after)) odd += 1
  }
  return odd * text.length
}

function isValue(text: string): boolean {
  return /^[{[]/.test(text) && isJson(text)
}

function repaired(text: string): string | undefined {
  if (isValue(text)) return text
  if (text.length > MAX_BROKEN_LENGTH || quoteWork(text) > MAX_QUOTE_WORK) return undefined
  try {
    const json = jsonrepair(withCommentsEnded(withBackslashes(withoutEscapedTabs(text))))
    return isValue(json) && !isGuess(text, json) ? json : undefined
  } catch {
    // It gives up by throwing; so does one that is nested too deep for it.
    return undefined
  }
}

/** A backslash before a tab or a line's end is none that JSON knows, nor the repair. */
function withoutEscapedTabs(text: string): string {
  return text.replace(/\\([\\\t\r])/g, (whole, unit: string) => (unit === '\\' ? whole : unit))
}

/** A backslash that begins no escape is one: Windows paths, regular expressions. The repair would leave it out. */
function withBackslashes(text: string): string {
  return text.replace(/\\([^u])/g, (whole, unit: string) => (/["'\\/bfnrt\n`]/.test(unit) ? whole : `\\\\${unit}`))
}

/** A carriage return alone ends a line for some models, but no comment for the repair. */
function withCommentsEnded(text: string): string {
  return text.replace(/\/\/[^\n\r"]*(\r(?!\n))?/g, (comment, end) =>
    end === undefined ? comment : `${comment.slice(0, -1)}\n`,
  )
}

/**
 * True where nobody knows which quotes end a string: some were escaped and more was mended besides, or they come in no
 * pairs, or one ends what none began.
 */
function isGuess(text: string, json: string): boolean {
  const strings = new Set(json.match(STRING))
  if ([...text.matchAll(HALF_QUOTED)].some(([, word]) => strings.has(`"${word}"`))) return true
  const escaped = countOf(json, ESCAPED) - countOf(text, ESCAPED)
  if (escaped <= 0 || OTHER_QUOTES.test(text)) return false
  return (escaped % 2 === 1 && OPENING.test(json)) || skeletonOf(text) !== skeletonOf(json)
}

const STRING = /"(?:[^"\\]|\\.)*"/g
// A value with a quote at its end alone: that of a string which was taken to end before.
const HALF_QUOTED = /:\s*([A-Za-z][^"'{}[\],:]*)"(?=\s*[,}\]])/g
const ESCAPED = /\\["']/g
// One that begins a word has its other half, or the string is ended by it.
const OPENING = /\s\\["'](?=\w)/

// In strings between others there is nothing to escape.
const OTHER_QUOTES = /[{[,:]\s*['`‘“]/

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

/** What is the same in a text and its repair where nothing but quotes, white space and the brackets at the end was mended. */
function skeletonOf(text: string): string {
  return text
    .replace(/\\[nrt]|\\(?=["'])|\s/g, '')
    .replace(/,(?=[}\]])/g, '')
    .replace(/(?<![}\]])[}\]]*$/, '')
}
