import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { ended, isOver, readAnyArguments, readArguments } from './named-arguments.ts'
import { taggedJson } from './tagged-json.ts'
import { isJson, readBracketed } from './values/json.ts'
import { callIn, callsIn, WITH_ID } from './values/json-calls.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'
import { repairedJson, repairWork } from './values/repaired-json.ts'

const OPEN = '[TOOL_CALLS]'
const CLOSES = ['[/TOOL_CALLS]']
/** What follows a call without arguments. */
const MARK_ENDS = [OPEN, ...CLOSES, '</s>']
const MAX_NOISE_LENGTH = 64

/** Mistral from tokenizer v11 on; `[ARGS]` and the spaces may be lost in decoding. Older models write a list. */
function mistral(id: string, endsAnswer: boolean): Dialect {
  return {
    id,
    opens: [OPEN],
    drops: ['</s>'],
    endsAnswer,
    *read(cursor, declared): Reading<Outcome> {
      const start = cursor.position()
      if (!(yield* cursor.literal(OPEN))) return undefined
      const made = yield* ended(cursor, yield* readCall(cursor, declared), CLOSES)
      if (made !== undefined || start > 0) return made
      // Nobody begins an answer by speaking of the marker: it is the token, and text came after it.
      cursor.rewind(OPEN.length)
      return 'dropped'
    },
  }
}

function* readCall(cursor: Cursor, declared: Declared): Reading<Outcome> {
  yield* cursor.spaces()
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '') return yield* readJsonCalls(cursor)
  yield* cursor.spaces()
  const callId = (yield* cursor.literal('[CALL_ID]')) ? yield* cursor.while(isNameUnit, MAX_NAME_LENGTH) : undefined
  const hasMark = yield* cursor.literal('[ARGS]')
  yield* cursor.spaces()
  if (hasMark) return withId(yield* readAnyArguments(cursor, name, declared, MARK_ENDS), callId)
  if (!(yield* cursor.some())) return declared.tools.size === 0 ? 'dropped' : 'cut'
  if (callId === undefined && cursor.isNext('{') !== true) {
    // Words where the list should begin.
    yield* cursor.while(isNoBracket, MAX_NOISE_LENGTH)
    return (yield* cursor.some()) ? yield* readJsonCalls(cursor) : undefined
  }
  return withId(yield* readArguments(cursor, name, declared, MARK_ENDS), callId)
}

function withId(made: Outcome, id: string | undefined): Outcome {
  return Array.isArray(made) && id !== undefined ? made.map((call) => ({ ...call, id })) : made
}

function isNoBracket(unit: number): boolean {
  return unit !== 91 && unit !== 123
}

function* readJsonCalls(cursor: Cursor): Reading<Outcome> {
  const text = yield* readBracketed(cursor, [], true)
  if (text === undefined || text === 'cut') return text
  if (isJson(text) || !(yield* isOver(cursor, MARK_ENDS))) return callsOf(text)
  cursor.spend(repairWork(text))
  const json = repairedJson(text)
  return callsOf(json ?? text)
}

function callsOf(json: string): TextCall[] | undefined {
  return json.startsWith('[') ? callsIn(json, WITH_ID) : callIn(json, WITH_ID)
}

/** Before v11 a list; what either writes the other may. */
const named = mistral('mistral_pre_v11', false)
const listed = taggedJson({ id: 'mistral_pre_v11', opens: [OPEN], closes: CLOSES, members: WITH_ID })

const preV11: Dialect = {
  ...named,
  *read(cursor, declared): Reading<Outcome> {
    const start = cursor.position()
    if (!(yield* cursor.literal(OPEN))) return undefined
    yield* cursor.spaces()
    const isNamed = (yield* cursor.some()) && isNameUnit(cursor.peek())
    cursor.rewind(start)
    return yield* (isNamed ? named : listed).read(cursor, declared)
  },
}

export const MISTRAL_DIALECTS: readonly Dialect[] = [
  preV11,
  mistral('mistral_v11', false),
  mistral('mistral_v11_noargs', false),
  mistral('mistral_v11_callid', false),
  mistral('mistral', true),
]
