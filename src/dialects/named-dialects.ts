import type { Cursor, Reading } from './cursor.ts'
import type { Dialect, Outcome, TextCall } from './dialect.ts'
import { isJson, readBracketed } from './values/json.ts'
import { callIn, callsIn } from './values/json-calls.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

// Families that write the tool's name in front of its arguments in JSON: design/tool-calling.md §3.1.

/** Mistral from tokenizer v11 on; `[ARGS]` and the spaces may be lost in decoding. Older models write a list. */
function mistral(id: string): Dialect {
  return {
    id,
    opens: ['[TOOL_CALLS]'],
    *read(cursor): Reading<Outcome> {
      if (!(yield* cursor.literal('[TOOL_CALLS]'))) return undefined
      yield* cursor.spaces()
      const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
      if (name === '') return yield* readJsonCalls(cursor)
      const callId = (yield* cursor.literal('[CALL_ID]')) ? yield* cursor.while(isNameUnit, MAX_NAME_LENGTH) : undefined
      yield* cursor.literal('[ARGS]')
      const made = yield* readArguments(cursor, name)
      return Array.isArray(made) && callId !== undefined ? made.map((call) => ({ ...call, id: callId })) : made
    },
  }
}

function* readJsonCalls(cursor: Cursor): Reading<Outcome> {
  const text = yield* readBracketed(cursor)
  if (text === undefined || text === 'cut') return text
  if (text.startsWith('[')) return callsIn(text)
  const call = callIn(text)
  return call === undefined ? undefined : [call]
}

function* readArguments(cursor: Cursor, name: string): Reading<Outcome> {
  yield* cursor.spaces()
  if ((yield* cursor.some()) && cursor.isNext('{') !== true) return undefined
  const text = yield* readBracketed(cursor)
  if (text === undefined || text === 'cut') return text
  return isJson(text) ? [{ name, argumentsText: text }] : undefined
}

const DEEPSEEK_ENDS = ['<｜tool▁call▁end｜>', '<｜end▁of▁sentence｜>']
const DEEPSEEK_GROUP = ['<｜tool▁calls▁begin｜>', '<｜tool▁calls｜>']

/** DeepSeek V3 and R1-0528 (`function<sep>NAME` and a fence) and V3.1 (`NAME<sep>` and the JSON alone). */
function deepseek(id: string): Dialect {
  return {
    id,
    opens: [...DEEPSEEK_GROUP, '<｜tool▁call▁begin｜>'],
    *read(cursor): Reading<Outcome> {
      const isGrouped = (yield* cursor.oneOf(DEEPSEEK_GROUP)) >= 0
      const calls: TextCall[] = []
      for (;;) {
        yield* cursor.spaces()
        if (isGrouped && (yield* cursor.literal('<｜tool▁calls▁end｜>'))) break
        if (!(yield* cursor.literal('<｜tool▁call▁begin｜>'))) break
        const made = yield* deepseekCall(cursor)
        if (!Array.isArray(made)) return made
        calls.push(...made)
        if (!isGrouped) break
      }
      if (calls.length === 0) return cursor.isEnded && cursor.left() === 0 ? 'cut' : undefined
      return calls
    },
  }
}

function* deepseekCall(cursor: Cursor): Reading<Outcome> {
  const kind = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (!(yield* cursor.literal('<｜tool▁sep｜>'))) return (yield* cursor.some()) ? undefined : 'cut'
  yield* cursor.spaces()
  if (!(yield* cursor.some())) return 'cut'
  if (cursor.isNext('{') === true) return yield* ended(cursor, yield* readArguments(cursor, kind), DEEPSEEK_ENDS)
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  yield* cursor.spaces()
  yield* cursor.oneOf(['```json', '```'])
  const made = yield* readArguments(cursor, name)
  yield* cursor.attempt(isFenceClosed(cursor))
  return yield* ended(cursor, made, DEEPSEEK_ENDS)
}

function* isFenceClosed(cursor: Cursor): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.literal('```')
}

/** Reads what ends a call, if it is there. */
function* ended(cursor: Cursor, made: Outcome, ends: readonly string[]): Reading<Outcome> {
  if (Array.isArray(made)) yield* cursor.attempt(isOneOf(cursor, ends))
  return made
}

function* isOneOf(cursor: Cursor, literals: readonly string[]): Reading<boolean> {
  yield* cursor.spaces()
  return (yield* cursor.oneOf(literals)) >= 0
}

const KIMI_SECTIONS = ['<|tool_calls_section_begin|>', '<|tool_call_section_begin|>']
const KIMI_SECTION_ENDS = ['<|tool_calls_section_end|>', '<|tool_call_section_end|>']

/** Kimi K2: ids of the model's own say which tool it is; servers lose one or the other marker. */
function kimi(id: string, isBare: boolean): Dialect {
  return {
    id,
    opens: [...KIMI_SECTIONS, '<|tool_call_begin|>', ...(isBare ? ['functions.'] : [])],
    *read(cursor): Reading<Outcome> {
      const isSection = (yield* cursor.oneOf(KIMI_SECTIONS)) >= 0
      const calls: TextCall[] = []
      for (;;) {
        yield* cursor.attempt(isMarked(cursor))
        const isOver = calls.length > 0 && !(yield* cursor.attempt(isCallNext(cursor, isBare)))
        if (isOver) break
        const made = yield* kimiCall(cursor)
        if (!Array.isArray(made)) return calls.length > 0 && made === undefined ? calls : made
        calls.push(...made)
      }
      if (isSection) yield* cursor.attempt(isOneOf(cursor, KIMI_SECTION_ENDS))
      return calls
    },
  }
}

function* isMarked(cursor: Cursor): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.literal('<|tool_call_begin|>')
}

/** Looks only: reads nothing. */
function* isCallNext(cursor: Cursor, isBare: boolean): Reading<boolean> {
  const position = cursor.position()
  const isNext = (yield* cursor.literal('functions.')) || (!isBare && isNameUnit(cursor.peek()))
  cursor.rewind(position)
  return isNext
}

function* kimiCall(cursor: Cursor): Reading<Outcome> {
  const callId = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  yield* cursor.spaces()
  yield* cursor.literal('<|tool_call_argument_begin|>')
  const name = callId.replace(/^functions\.?/, '').replace(/:\d+$/, '')
  if (name === '') return (yield* cursor.some()) ? undefined : 'cut'
  const made = yield* readArguments(cursor, name)
  const called = Array.isArray(made) ? made.map((call) => ({ ...call, id: callId })) : made
  return yield* ended(cursor, called, ['<|tool_call_end|>'])
}

/** Functionary 3.1. */
export const functionaryV31: Dialect = {
  id: 'functionary_v31',
  opens: ['<function='],
  *read(cursor): Reading<Outcome> {
    if (!(yield* cursor.literal('<function='))) return undefined
    const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
    if (name === '' || !(yield* cursor.literal('>'))) return undefined
    return yield* ended(cursor, yield* readArguments(cursor, name), ['</function>'])
  },
}

/** Functionary 3.2: every message names whom it is for, and `all` is the user. */
export const functionaryV32: Dialect = {
  id: 'functionary_v32',
  opens: ['>>>'],
  drops: ['>>>all\n'],
  *read(cursor): Reading<Outcome> {
    if (!(yield* cursor.literal('>>>'))) return undefined
    const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
    if (name === '' || name === 'all') return undefined
    return yield* readArguments(cursor, name)
  },
}

export const NAMED_DIALECTS: readonly Dialect[] = [
  mistral('mistral_v11'),
  mistral('mistral_v11_noargs'),
  mistral('mistral_v11_callid'),
  mistral('mistral'),
  deepseek('deepseek_v3'),
  deepseek('deepseek_v31'),
  kimi('kimi_k2', false),
  kimi('kimi_k2_nosection', false),
  kimi('kimi_k2_bare', true),
  functionaryV31,
  functionaryV32,
]
