import type { JsonObject } from '../core/json.ts'
import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { hasHostileName, hasHostileText } from './values/hostile-names.ts'
import { elementsOf, isJson } from './values/json.ts'
import { callIn, callsIn, hasArguments } from './values/json-calls.ts'
import type { RelaxedEnd } from './values/relaxed-json.ts'
import { endOfRelaxed } from './values/relaxed-json.ts'
import { repairedJson, repairWork } from './values/repaired-json.ts'
import { typesOf } from './values/typed.ts'

/** Marks of one block that may stand in its strings: each is a try to read it again. */
const MAX_MARKS = 16
const WRONG_TAG = /<\/?[\w:-]{0,64}>?$/
const MAX_WRONG_TAGS = 4

/** What a family writes around each call: an object, or a list of them. */
export type Marks = Pick<Dialect, 'id' | 'drops'> & { readonly open: string; readonly close: string }

/** Each call as JSON between two marks. The JSON may be broken; the close mark may be missing or another tag. */
export function markedJson(marks: Marks): Dialect {
  const { id, drops, open } = marks
  return {
    id,
    opens: [open],
    mayBeExample: true,
    ...(drops === undefined ? {} : { drops }),
    read: (cursor, declared) => readBlock(cursor, marks, declared),
  }
}

/** Hermes 2 and later, Qwen 2.5 and 3 (not Coder), QwQ, SmolLM3, Granite 4.0: an object in a tag, repeated. */
export const hermes: Dialect = markedJson({ id: 'hermes', open: '<tool_call>', close: '</tool_call>' })

function* readBlock(cursor: Cursor, marks: Marks, declared: Declared): Reading<Outcome> {
  const { tools } = declared
  const outcome = yield* readCalls(cursor, marks, declared)
  if (!Array.isArray(outcome)) return outcome
  const calls: readonly TextCall[] = outcome
  if (!calls.every(({ name, argumentsText }) => mayBeArguments(argumentsText, tools.get(name)))) return undefined
  return calls.some(({ name, argumentsText }) => hasHostileName(argumentsText, tools.get(name))) ? [] : calls
}

/** Arguments are an object, unless the tool says that it takes something else. */
function mayBeArguments(argumentsText: string, parameters: JsonObject | undefined): boolean {
  const types = typesOf(parameters)
  return argumentsText.startsWith('{') || (types.length > 0 && !types.includes('object'))
}

function* readCalls(cursor: Cursor, { open, close }: Marks, { tools }: Declared): Reading<Outcome> {
  if (!(yield* cursor.literal(open))) return undefined
  yield* cursor.spaces()
  if (!(yield* cursor.some())) return 'cut'
  // A list, an object, a comment or a fence before one: anything else mentions the mark.
  if (!'{[/`'.includes(String.fromCharCode(cursor.peek()))) return undefined
  const start = cursor.position()
  // A mark that is a word may be a name in the JSON.
  const isWord = /^\w/.test(open)
  // A close mark within what looks like a string: it is the end of the block if nothing makes sense with it in the string.
  let doubted: Stretch | undefined
  let fallback: Stretch | undefined
  let end: RelaxedEnd | undefined
  for (let count = 0; count < MAX_MARKS; count += 1) {
    const { found, at } = yield* cursor.until([close, open])
    if (found !== 0 && doubted !== undefined && cursor.slice(doubted.to, at).trim() === '') fallback ??= doubted
    const text = cursor.slice(start, at)
    end = endOfRelaxed(text, end)
    if (found < 0) {
      const whole = end.depth <= 0 ? callsOf(cursor, text, end.valueEnd) : undefined
      if (whole !== undefined) return isBeyondDoubt(text, whole, tools) ? whole : undefined
      return count === 0 && end.depth > 0 ? 'cut' : callsAt(cursor, start, fallback)
    }
    doubted = found === 0 && end.within === 'string' ? { at, to: cursor.position() } : undefined
    if (end.within !== undefined || (found === 1 && end.depth > 0 && isWord)) continue
    if (found === 0) return callsOf(cursor, text, end.valueEnd)
    // Another call begins: this one may be whole without its close mark.
    cursor.rewind(at)
    const calls = strictCalls(withoutWrongTags(text))
    return calls?.every(({ name }) => tools.has(name)) === true ? calls : undefined
  }
  return callsAt(cursor, start, fallback)
}

/** A list whose close mark never came: every call is of a declared tool and has its arguments. */
function isBeyondDoubt(text: string, calls: readonly TextCall[], tools: Declared['tools']): boolean {
  const elements = elementsOf(withoutWrongTags(text))
  if (elements === undefined || tools.size === 0) return true
  return calls.every(({ name }) => tools.has(name)) && elements.every(hasArguments)
}

type Stretch = { readonly at: number; readonly to: number }

function callsAt(cursor: Cursor, start: number, fallback: Stretch | undefined): Outcome {
  if (fallback === undefined) return undefined
  cursor.rewind(fallback.to)
  return callsOf(cursor, cursor.slice(start, fallback.at), -1)
}

/** `valueEnd`: where the first value ends, if it does. Prose behind it means that the block is no call. */
function callsOf(cursor: Cursor, text: string, valueEnd: number): readonly TextCall[] | undefined {
  const block = withoutWrongTags(text)
  const calls = callsIfMended(cursor, block, valueEnd)
  // Something like a call that reaches for prototypes is refused like one.
  return calls === undefined && /\bname["']?\s*:/.test(block) && hasHostileText(block) ? [] : calls
}

function callsIfMended(cursor: Cursor, block: string, valueEnd: number): readonly TextCall[] | undefined {
  if (isJson(block)) return strictCalls(block)
  if (valueEnd >= 0 && /^\s*[^\s}\]{[;/`"']/.test(block.slice(valueEnd))) return undefined
  cursor.spend(repairWork(block))
  const json = repairedJson(block)
  return json === undefined ? undefined : strictCalls(json)
}

function strictCalls(json: string): readonly TextCall[] | undefined {
  return callsIn(json) ?? callIn(json)
}

/** Models close with another tag, or with a part of theirs. */
function withoutWrongTags(text: string): string {
  let block = text.trim()
  for (let count = 0; count < MAX_WRONG_TAGS && WRONG_TAG.test(block); count += 1) {
    block = block.replace(WRONG_TAG, '').trimEnd()
  }
  return block
}
