import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome, TextCall } from './dialect.ts'
import { MAX_CALLS } from './dialect.ts'
import { taggedJson } from './tagged-json.ts'
import { namesDeclared } from './values/declared-tools.ts'
import { readBracketed, readNested } from './values/json.ts'
import { callIn, callsIn } from './values/json-calls.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'
import { pythonCalls } from './values/python.ts'

// Families that call tools in Python's syntax: design/tool-calling.md §3.1.

const MAX_ECHO_LENGTH = 4096
const MAX_COMMENT_LENGTH = 4096
const LINE_END = 10
const FENCE = '```'

type PythonDialect = Pick<Dialect, 'id' | 'drops' | 'mayBeExample'> & {
  readonly open?: string
  readonly close?: string
  /** A list is calls without the marker too, behind text of declared tools; `declared`: of those always, and in a line of its own. */
  readonly bare?: 'any' | 'declared'
}

/** Calls in a list, `[a(x=1), b()]`, or one after the other; models that were trained on it may write JSON instead. */
function python({ id, open, close, bare, drops = [], mayBeExample = false }: PythonDialect): Dialect {
  const closes = close === undefined ? [] : [close]
  return {
    id,
    opens: [...(open === undefined ? [] : [open]), ...(bare === undefined ? [] : ['['])],
    drops,
    mayBeExample,
    *read(cursor, declared): Reading<Outcome> {
      const isMarked = open !== undefined && (yield* cursor.literal(open))
      yield* cursor.spaces()
      if (!isMarked) {
        const found = yield* readBareList(cursor, declared, bare === 'declared')
        if (Array.isArray(found)) yield* closing(cursor, closes)
        return found
      }
      const start = cursor.position()
      const made = yield* readCalls(cursor, closes, declared)
      if (!Array.isArray(made)) return made
      const text = cursor.slice(start, cursor.position())
      yield* closing(cursor, closes)
      if (yield* cursor.attempt(isEcho(cursor, text))) yield* closing(cursor, closes)
      return made
    },
  }
}

/** Without a marker: only what is surely a call. */
function* readBareList(cursor: Cursor, declared: Declared, isOwnLine: boolean): Reading<Outcome> {
  if (isOwnLine && !cursor.isLineStart) return undefined
  const mustBeDeclared = isOwnLine || (!cursor.isAnswerStart && declared.tools.size > 0)
  if (!(yield* cursor.literal('['))) return undefined
  const start = cursor.position()
  yield* cursor.spaces()
  // A list in prose does not begin with a call.
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '' || (mustBeDeclared && !namesDeclared(name, declared)) || !(yield* cursor.literal('(')))
    return undefined
  cursor.rewind(start - 1)
  const text = yield* readNested(cursor, true)
  if (text === 'cut') return isArgument(cursor.slice(start, cursor.position())) ? text : undefined
  const made = text === undefined ? undefined : pythonCalls(text.slice(1, -1))
  return mustBeDeclared && made?.some((call) => !namesDeclared(call.name, declared)) === true ? undefined : made
}

/** True for the beginning of a call whose first argument has begun. */
function isArgument(text: string): boolean {
  return /^\s*[\w.-]+\(\s*(?:[\p{L}_][\p{L}\p{M}\p{N}_.-]*\s*=|\*\*\s*\{|\))/u.test(text)
}

function* readCalls(cursor: Cursor, closes: readonly string[], declared: Declared): Reading<Outcome> {
  if (!(yield* cursor.some())) return 'cut'
  if (cursor.isNext('[') === true) return yield* readList(cursor, closes)
  if (cursor.isNext('{') === true) return yield* readJson(cursor, closes, callIn)
  return yield* readRow(cursor, closes, declared)
}

function* readList(cursor: Cursor, closes: readonly string[]): Reading<Outcome> {
  const first = yield* cursor.nextWord()
  if (first === '{') return yield* readJson(cursor, closes, callsIn)
  if (first === '') return 'cut'
  const start = cursor.position()
  cursor.skip(1)
  yield* cursor.spaces()
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (!(yield* cursor.some())) return 'cut'
  if (name === '' || cursor.isNext('(') !== true) return undefined
  cursor.rewind(start)
  const text = yield* readNested(cursor, true, closes)
  return text === undefined || text === 'cut' ? text : pythonCalls(text.slice(1, -1))
}

function* readJson(
  cursor: Cursor,
  closes: readonly string[],
  callsOf: (text: string) => TextCall[] | undefined,
): Reading<Outcome> {
  const text = yield* readBracketed(cursor, closes)
  return text === undefined || text === 'cut' ? text : callsOf(text)
}

/** Calls without a list around them, on lines or with commas between. */
function* readRow(cursor: Cursor, closes: readonly string[], declared: Declared): Reading<Outcome> {
  const calls: string[] = []
  const results = new Set<string>()
  for (;;) {
    yield* skipComments(cursor)
    if (calls.length >= MAX_CALLS || !(yield* cursor.some()) || (yield* isClosing(cursor, closes))) break
    const called = yield* readCall(cursor, closes)
    if (called === 'cut' || called === undefined) return called
    if (called.result !== undefined) results.add(called.result)
    const code = declared.tools.has('print') ? called.code : withoutPrint(called.code)
    // A result that is printed after its call.
    if (!results.has(code)) calls.push(code)
    yield* cursor.attempt(isClosed(cursor, [',']))
  }
  return pythonCalls(calls.join('\n'))
}

/** White space, and what code says of itself. */
function* skipComments(cursor: Cursor): Reading<void> {
  yield* cursor.spaces()
  while (yield* cursor.literal('#')) {
    yield* cursor.while((unit) => unit !== LINE_END, MAX_COMMENT_LENGTH)
    yield* cursor.spaces()
  }
}

/** Looks only: reads nothing. */
function* isClosing(cursor: Cursor, closes: readonly string[]): Reading<boolean> {
  const position = cursor.position()
  const found = yield* cursor.closing(closes)
  cursor.rewind(position)
  return found
}

/** `result`: the variable it is assigned to. */
type PythonCode = { readonly code: string; readonly result?: string }

function* readCall(cursor: Cursor, closes: readonly string[]): Reading<PythonCode | 'cut' | undefined> {
  const first = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (first === '') return undefined
  const isAssigned = yield* cursor.attempt(isAssignment(cursor))
  const name = isAssigned ? yield* cursor.while(isNameUnit, MAX_NAME_LENGTH) : first
  if (!(yield* cursor.some())) return 'cut'
  if (name === '') return undefined
  if (cursor.isNext('(') !== true) return undefined
  const text = yield* readNested(cursor, true, closes)
  if (text === undefined || text === 'cut') return text
  return { code: name + text, ...(isAssigned ? { result: first } : {}) }
}

function* isAssignment(cursor: Cursor): Reading<boolean> {
  yield* cursor.spaces()
  if (!(yield* cursor.literal('='))) return false
  yield* cursor.spaces()
  return true
}

/** Code that prints shows what it calls, or a variable. */
function withoutPrint(code: string): string {
  return /^print\(\s*([\w.-]+(?:\([\s\S]*\))?)\s*\)$/.exec(code)?.[1] ?? code
}

function* isClosed(cursor: Cursor, closes: readonly string[]): Reading<boolean> {
  yield* cursor.spaces()
  return (yield* cursor.oneOf(closes)) >= 0
}

/** The end of the calls; models may say it twice, or not at all. A second fence begins something else. */
function* closing(cursor: Cursor, closes: readonly string[]): Reading<void> {
  while ((yield* cursor.attempt(isEnd(cursor, closes))) && !closes.includes(FENCE));
}

function* isEnd(cursor: Cursor, closes: readonly string[]): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.closing(closes)
}

/** The same once more, as small models write it: it was meant once. */
function* isEcho(cursor: Cursor, text: string): Reading<boolean> {
  if (text.length > MAX_ECHO_LENGTH) return false
  yield* cursor.spaces()
  return yield* cursor.literal(text)
}

export const pythonic = python({ id: 'pythonic', bare: 'any', drops: ['<|python_start|>', '<|python_end|>'] })

const llama4Lists = python({
  id: 'llama4_pythonic',
  open: '<|python_start|>',
  close: '<|python_end|>',
  bare: 'any',
})

const llama4Json = taggedJson({
  id: 'llama4_pythonic',
  opens: [],
  bare: ['{'],
  closes: ['<|python_end|>'],
  isDeclared: true,
  separators: [';', ',', ''],
})

/** Meta's prompts ask for a list, the chat template on Hugging Face for JSON as of Llama 3. */
export const llama4Pythonic: Dialect = {
  ...llama4Lists,
  opens: [...llama4Lists.opens, ...llama4Json.opens],
  *read(cursor, declared): Reading<Outcome> {
    const isJson = String.fromCharCode(cursor.peek()) === '{'
    return yield* (isJson ? llama4Json : llama4Lists).read(cursor, declared)
  },
}

/** LFM2.5 may leave the markers out. */
export const lfm2 = python({
  id: 'lfm2',
  open: '<|tool_call_start|>',
  close: '<|tool_call_end|>',
  bare: 'declared',
})

export const olmo3 = python({
  id: 'olmo3',
  open: '<function_calls>',
  close: '</function_calls>',
  mayBeExample: true,
})
export const gemma3ToolCode = python({ id: 'gemma3_tool_code', open: '```tool_code', close: FENCE })

export const PYTHON_DIALECTS: readonly Dialect[] = [pythonic, llama4Pythonic, lfm2, olmo3, gemma3ToolCode]
