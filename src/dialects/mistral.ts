import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { ended, readArguments } from './named-arguments.ts'
import { readBracketed } from './values/json.ts'
import { callIn, callsIn, WITH_ID } from './values/json-calls.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

const OPEN = '[TOOL_CALLS]'
const CLOSES = ['[/TOOL_CALLS]']
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

function* readCall(cursor: Cursor, { tools }: Declared): Reading<Outcome> {
  yield* cursor.spaces()
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '') return yield* readJsonCalls(cursor)
  yield* cursor.spaces()
  const callId = (yield* cursor.literal('[CALL_ID]')) ? yield* cursor.while(isNameUnit, MAX_NAME_LENGTH) : undefined
  const hasMark = yield* cursor.literal('[ARGS]')
  yield* cursor.spaces()
  if (!(yield* cursor.some())) return tools.size === 0 ? 'dropped' : 'cut'
  if (!hasMark && callId === undefined && cursor.isNext('{') !== true) {
    // Words where the list should begin.
    yield* cursor.while(isNoBracket, MAX_NOISE_LENGTH)
    return (yield* cursor.some()) ? yield* readJsonCalls(cursor) : undefined
  }
  const made = yield* readArguments(cursor, name)
  return Array.isArray(made) && callId !== undefined ? made.map((call) => ({ ...call, id: callId })) : made
}

function isNoBracket(unit: number): boolean {
  return unit !== 91 && unit !== 123
}

function* readJsonCalls(cursor: Cursor): Reading<Outcome> {
  const text = yield* readBracketed(cursor, [], true)
  if (text === undefined || text === 'cut') return text
  return text.startsWith('[') ? callsIn(text, WITH_ID) : callIn(text, WITH_ID)
}

export const MISTRAL_DIALECTS: readonly Dialect[] = [
  mistral('mistral_v11', false),
  mistral('mistral_v11_noargs', false),
  mistral('mistral_v11_callid', false),
  mistral('mistral', true),
]
