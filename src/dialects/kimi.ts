import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { isEnd, isOneOf } from './named-arguments.ts'
import { isJson, membersOf, readBracketed } from './values/json.ts'
import { callIn } from './values/json-calls.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

const SECTIONS = ['<|tool_calls_section_begin|>', '<|tool_call_section_begin|>']
const SECTION_ENDS = ['<|tool_calls_section_end|>', '<|tool_call_section_end|>']
const CALL = '<|tool_call_begin|>'
const CALL_END = '<|tool_call_end|>'
const MAX_NOISE_LENGTH = 256

/** Kimi K2: ids of the model's own say which tool it is; servers lose one or the other marker. */
function kimi(id: string, isBare: boolean): Dialect {
  return {
    id,
    opens: [...SECTIONS, CALL, ...(isBare ? ['functions.'] : [])],
    endsAnswer: id === 'kimi_k2',
    *read(cursor, declared): Reading<Outcome> {
      const isSection = (yield* cursor.oneOf(SECTIONS)) >= 0
      if (isSection && (yield* cursor.attempt(isOneOf(cursor, SECTION_ENDS)))) return 'dropped'
      if (!(yield* cursor.attempt(isCallBegun(cursor))) && isSection && !isBare) {
        return (yield* cursor.some()) ? undefined : 'cut'
      }
      const made = yield* readCall(cursor, declared)
      if (made !== undefined && made !== 'cut') yield* cursor.attempt(isEnd(cursor, SECTION_ENDS))
      return made
    },
  }
}

/** The model may say something to itself before it. */
function* isCallBegun(cursor: Cursor): Reading<boolean> {
  yield* cursor.while((unit) => unit !== 60, MAX_NOISE_LENGTH)
  return yield* cursor.literal(CALL)
}

function* readCall(cursor: Cursor, declared: Declared): Reading<Outcome> {
  yield* cursor.spaces()
  const id = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  yield* cursor.spaces()
  const isMarked = yield* cursor.literal('<|tool_call_argument_begin|>')
  if (id === '') return (yield* cursor.some()) ? undefined : 'cut'
  yield* cursor.spaces()
  if (isMarked && (yield* cursor.literal(CALL_END))) return called(id, '{}', declared)
  if ((yield* cursor.some()) && cursor.isNext('{') !== true) return undefined
  const text = yield* readBracketed(cursor, [CALL_END, ...SECTION_ENDS])
  if (text === undefined || text === 'cut') return text
  const isEnded = yield* cursor.attempt(isEnd(cursor, [CALL_END]))
  // What is broken and yet ended was meant so: it is judged with the rest of the call.
  return isJson(text) || isEnded ? called(id, text, declared) : undefined
}

/** An id that says no number is one only if it names a tool. */
function called(id: string, text: string, { tools }: Declared): Outcome {
  const within = membersOf(text)?.some(({ name }) => name === 'arguments') === true ? callIn(text) : undefined
  const numbered = id.replace(/^functions\.?/, '')
  const name = numbered.replace(/:\d+$/, '')
  if (within !== undefined && !tools.has(name)) return within.map((call) => ({ ...call, id }))
  if (name !== numbered || tools.has(name)) return [{ name, argumentsText: text, id }]
  const bare = name.replace(/[.:_-]?\d+$/, '')
  return tools.has(bare) ? [{ name: bare, argumentsText: text, id }] : 'dropped'
}

export const KIMI_DIALECTS: readonly Dialect[] = [
  kimi('kimi_k2', false),
  kimi('kimi_k2_nosection', false),
  kimi('kimi_k2_bare', true),
]
