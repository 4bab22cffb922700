import type { Cursor, Reading } from './cursor.ts'
import type { Dialect, Outcome, TextCall } from './dialect.ts'
import { hasHostileName } from './values/hostile-names.ts'
import { isJson } from './values/json.ts'
import { callIn, callsIn } from './values/json-calls.ts'
import { endOfRelaxed } from './values/relaxed-json.ts'
import { repairedJson } from './values/repaired-json.ts'

/** Marks of one block that may stand in its strings: each is a try to read it again. */
const MAX_MARKS = 16
const WRONG_TAG = /<\/?[\w:-]{0,64}>?$/
const MAX_WRONG_TAGS = 4

/** What a family writes around each call: an object, or a list of them. */
export type Marks = Pick<Dialect, 'id' | 'drops'> & { readonly open: string; readonly close: string }

/** Each call as JSON between two marks. The JSON may be broken; the close mark may be missing or another tag. */
export function markedJson(marks: Marks): Dialect {
  const { id, drops, open } = marks
  return { id, opens: [open], ...(drops === undefined ? {} : { drops }), read: (cursor) => readBlock(cursor, marks) }
}

/** Hermes 2 and later, Qwen 2.5 and 3 (not Coder), QwQ, SmolLM3, Granite 4.0: an object in a tag, repeated. */
export const hermes: Dialect = markedJson({ id: 'hermes', open: '<tool_call>', close: '</tool_call>' })

function* readBlock(cursor: Cursor, marks: Marks): Reading<Outcome> {
  const outcome = yield* readCalls(cursor, marks)
  return isRefused(outcome) ? [] : outcome
}

function isRefused(outcome: Outcome): boolean {
  return Array.isArray(outcome) && outcome.some(({ argumentsText }) => hasHostileName(argumentsText))
}

function* readCalls(cursor: Cursor, { open, close }: Marks): Reading<Outcome> {
  if (!(yield* cursor.literal(open))) return undefined
  yield* cursor.spaces()
  if (!(yield* cursor.some())) return 'cut'
  // A list, an object, a comment or a fence before one: anything else mentions the mark.
  if (!'{[/`'.includes(String.fromCharCode(cursor.peek()))) return undefined
  const start = cursor.position()
  for (let count = 0; count < MAX_MARKS; count += 1) {
    const { found, at } = yield* cursor.until([close, open])
    const text = cursor.slice(start, at)
    const end = endOfRelaxed(text)
    if (found < 0) return atEnd(text, end.depth, count)
    if (end.within === 'comment') continue
    if (found === 0) {
      const calls = callsOf(text, end.valueEnd)
      if (calls !== undefined) return calls
    } else if (end.within === undefined) {
      // Another call begins: this one may be whole without its close mark.
      cursor.rewind(at)
      return callsOf(text, end.valueEnd)
    }
    if (found === 0 && end.within === undefined) return undefined
  }
  return undefined
}

/** The text ended without a close mark, or with such as stood in the JSON. */
function atEnd(text: string, depth: number, marks: number): Outcome {
  if (depth <= 0) return callsOf(text, endOfRelaxed(text).valueEnd)
  return marks === 0 ? 'cut' : undefined
}

/** `valueEnd`: where the first value ends, if it does. Prose behind it means that the block is no call. */
function callsOf(text: string, valueEnd: number): readonly TextCall[] | undefined {
  const block = withoutWrongTags(text)
  if (isJson(block)) return callsIn(block) ?? one(callIn(block))
  if (valueEnd >= 0 && /^\s*[^\s}\]{[;/`"']/.test(block.slice(valueEnd))) return undefined
  const json = repairedJson(block)
  return json === undefined ? undefined : (callsIn(json) ?? one(callIn(json)))
}

function one(call: TextCall | undefined): readonly TextCall[] | undefined {
  return call === undefined ? undefined : [call]
}

/** Models close with another tag, or with a part of theirs. */
function withoutWrongTags(text: string): string {
  let block = text.trim()
  for (let count = 0; count < MAX_WRONG_TAGS && WRONG_TAG.test(block); count += 1) {
    block = block.replace(WRONG_TAG, '').trimEnd()
  }
  return block
}
