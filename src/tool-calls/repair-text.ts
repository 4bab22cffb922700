import { jsonrepair } from 'jsonrepair'
import { MAX_VALUE_LENGTH } from '../dialects/values/json.ts'
import { pythonLiteral } from '../dialects/values/python.ts'
import { withoutFence } from '../dialects/values/repaired-json.ts'
import type { Json } from './fit-value.ts'
import { jsonOf } from './fit-value.ts'

/** How deep arguments may be nested (design/tool-calling.md §3.3.14). */
export const MAX_DEPTH = 128
/** jsonrepair reads on to the end, or writes all anew, at what stands where it cannot: oddities by length, some tens of milliseconds. */
const MAX_ODD_WORK = 2 ** 27

/**
 * A text that is nearly JSON as JSON: quotes, commas, comments, Python's literals, one bracket missing or too many, words
 * around it. `undefined` where it is cut off, longer than 1 MiB, nested too deep, or nothing like JSON: half a call must
 * never become a whole one.
 */
export function repaired(text: string): Json | undefined {
  if (text.length > MAX_VALUE_LENGTH) return undefined
  const body = withoutFence(text.trim())
  const { isCut, odd } = scanned(body)
  if (isCut || odd * body.length > MAX_ODD_WORK) return undefined
  // Single quotes are Python's, which has other escapes.
  const isPython = /^[{[]\s*'/.test(body)
  const attempts = isPython ? [python, repair, onceOnly, inProse] : [escaped, repair, python, onceOnly, inProse]
  for (const attempt of attempts) {
    const json = attempt(body)
    if (json !== undefined) return json
  }
  return undefined
}

function python(text: string): Json | undefined {
  const json = pythonLiteral(text)
  return json === undefined ? undefined : jsonOf(json)
}

/** A backslash that escapes nothing is one of a path, a pattern or a formula. */
function escaped(text: string): Json | undefined {
  return jsonOf(withEscapes(text))
}

function repair(text: string): Json | undefined {
  try {
    return jsonOf(jsonrepair(withEscapes(text)))
  } catch {
    // Not to be repaired, or deeper than the stack.
    return undefined
  }
}

function withEscapes(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (pair, unit: string) =>
    unit.length > 1 || '"\\/bfnrt\'\n'.includes(unit) ? pair : `\\${pair}`,
  )
}

/** Some servers send the whole arguments again at the end of a stream (vllm#51697). */
function onceOnly(text: string): Json | undefined {
  for (const gap of [0, 1, 2]) {
    const half = (text.length - gap) / 2
    if (!Number.isInteger(half) || text.slice(0, half) !== text.slice(half + gap)) continue
    if (text.slice(half, half + gap).trim() === '') return jsonOf(text.slice(0, half))
  }
  return undefined
}

/** One object with words before or after it. */
function inProse(text: string): Json | undefined {
  const from = text.indexOf('{')
  const to = text.lastIndexOf('}') + 1
  if (from < 0 || to <= from || (from === 0 && to === text.length)) return undefined
  const inner = text.slice(from, to)
  return jsonOf(inner) ?? repair(inner)
}

/**
 * Of a text that is no JSON, whether it ends where more must come or is nested too deep (one bracket may be missing after a
 * value), and how much stands in it where it cannot: quotes that end no string, values without a comma between them, signs.
 */
function scanned(text: string): { readonly isCut: boolean; readonly odd: number } {
  let depth = 0
  let quote = ''
  // The last unit that is no space, `"` for any string, and the one before the last string.
  let before = ''
  let beforeString = ''
  let odd = 0
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charAt(index)
    if (quote !== '') {
      if (unit === '\\') index += 1
      else if (unit === quote) quote = ''
      continue
    }
    if (unit <= ' ') continue
    if (isOdd(before, unit, text.charAt(index - 1) <= ' ')) odd += 1
    // An apostrophe in a word is no quote.
    if (unit === '"' || (unit === "'" && (before === '' || '{[(,:'.includes(before)))) {
      quote = unit
      beforeString = before
      before = '"'
      continue
    }
    if ('{[('.includes(unit)) depth += 1
    else if ('}])'.includes(unit)) depth -= 1
    if (depth > MAX_DEPTH) return { isCut: true, odd }
    before = unit
  }
  const end = { depth, isInString: quote !== '', before, beforeString }
  return { isCut: mustGoOn(text, end), odd }
}

/** `before`: the last unit but for space, `"` for any string. */
function isOdd(before: string, unit: string, isApart: boolean): boolean {
  if (before === '"') return !',:}])'.includes(unit)
  if (!PLAIN.test(unit) || (unit === '.' && !WORD.test(before))) return true
  if (!VALUE_END.test(before)) return false
  return WORD.test(unit) ? isApart || !WORD.test(before) : '"\'{['.includes(unit)
}

const PLAIN = /[\w.,:{}[\]"'+-]/
const WORD = /[\w.-]/
const VALUE_END = /[\w.}\])]/

type End = {
  readonly depth: number
  readonly isInString: boolean
  readonly before: string
  readonly beforeString: string
}

function mustGoOn(text: string, { depth, isInString, before, beforeString }: End): boolean {
  if (isInString || depth > 1) return true
  if (depth <= 0) return false
  if (before === '"') return beforeString !== ':' && beforeString !== '['
  return !'}])'.includes(before) && !/:\s*[\w.+-]+\s*$/.test(text.slice(-MAX_WORD))
}

const MAX_WORD = 100
