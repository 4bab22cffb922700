import { jsonrepair } from 'jsonrepair'
import { MAX_VALUE_LENGTH } from '../dialects/values/json.ts'
import { pythonLiteral } from '../dialects/values/python.ts'
import type { Json } from './fit-value.ts'
import { jsonOf } from './fit-value.ts'

/** How deep arguments may be nested (design/tool-calling.md §3.3.14). */
export const MAX_DEPTH = 128

/**
 * A text that is nearly JSON as JSON: quotes, commas, comments, Python's literals, one bracket missing or too many, words
 * around it. `undefined` where it is cut off, longer than 1 MiB, nested too deep, or nothing like JSON: half a call must
 * never become a whole one.
 */
export function repaired(text: string): Json | undefined {
  if (text.length > MAX_VALUE_LENGTH) return undefined
  const body = withoutFence(text.trim())
  if (isCut(body)) return undefined
  // Single quotes are Python's, which has other escapes.
  const isPython = /^[{[]\s*'/.test(body)
  const attempts = isPython ? [python, repair, onceOnly, inProse] : [escaped, repair, python, onceOnly, inProse]
  for (const attempt of attempts) {
    const json = attempt(body)
    if (json !== undefined) return json
  }
  return undefined
}

function withoutFence(text: string): string {
  return /^```\w*\s*([\s\S]*?)\s*```$/.exec(text)?.[1] ?? text
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

/** True for a text that ends where more must come, or that is nested too deep. One bracket may be missing after a value. */
function isCut(text: string): boolean {
  let depth = 0
  let quote = ''
  // The last unit that is no space, `"` for any string, and the one before the last string.
  let before = ''
  let beforeString = ''
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charAt(index)
    if (quote !== '') {
      if (unit === '\\') index += 1
      else if (unit === quote) quote = ''
      continue
    }
    if (unit <= ' ') continue
    // An apostrophe in a word is no quote.
    if (unit === '"' || (unit === "'" && (before === '' || '{[(,:'.includes(before)))) {
      quote = unit
      beforeString = before
      before = '"'
      continue
    }
    if ('{[('.includes(unit)) depth += 1
    else if ('}])'.includes(unit)) depth -= 1
    if (depth > MAX_DEPTH) return true
    before = unit
  }
  if (quote !== '' || depth > 1) return true
  if (depth <= 0) return false
  if (before === '"') return beforeString !== ':' && beforeString !== '['
  return !'}])'.includes(before) && !/:\s*[\w.+-]+\s*$/.test(text.slice(-MAX_WORD))
}

const MAX_WORD = 100
