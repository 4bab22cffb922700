import type { Cursor, Reading } from './cursor.ts'
import type { Dialect, Outcome } from './dialect.ts'
import { taggedJson } from './tagged-json.ts'
import { readNested } from './values/json.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'
import { pythonCalls } from './values/python.ts'

const TAG = '<|python_tag|>'

const json = taggedJson({
  id: 'llama3_json',
  opens: [],
  bare: ['{'],
  separators: [';', ',', ''],
  drops: ['<|eom_id|>', '<|eot_id|>'],
})

/** Llama 3.1 to 3.3: JSON, or `brave_search.call(query="x")` behind its tag for the tools it was trained on. */
export const llama3Json: Dialect = {
  ...json,
  opens: [TAG, ...json.opens],
  *read(cursor, declared): Reading<Outcome> {
    if (!(yield* cursor.literal(TAG))) return yield* json.read(cursor, declared)
    const start = cursor.position()
    yield* cursor.spaces()
    // The tag announces a call wherever it stands.
    const { isAnswerStart } = cursor
    cursor.isAnswerStart = true
    const isJson = (yield* cursor.some()) && cursor.isNext('{') === true
    const made = isJson ? yield* json.read(cursor, declared) : yield* builtInCall(cursor)
    cursor.isAnswerStart = isAnswerStart
    if (made !== undefined) return made
    cursor.rewind(start)
    return 'dropped'
  },
}

function* builtInCall(cursor: Cursor): Reading<Outcome> {
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (!name.endsWith('.call') || ((yield* cursor.some()) && cursor.isNext('(') !== true)) return undefined
  const text = yield* readNested(cursor, true)
  return text === undefined || text === 'cut' ? text : pythonCalls(name.slice(0, -'.call'.length) + text)
}
