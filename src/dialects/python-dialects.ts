import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { readNested } from './values/json.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'
import { pythonCalls } from './values/python.ts'

// Families that call tools in Python's syntax: design/tool-calling.md §3.1.

/** A list of calls, `[a(x=1), b()]`; after `open` where there is one. */
function listOfCalls(
  id: string,
  markers: readonly (readonly [open: string, close: string])[],
  isBare: boolean,
): Dialect {
  return {
    id,
    opens: [...markers.map(([open]) => open), ...(isBare ? ['['] : [])],
    *read(cursor, declared): Reading<Outcome> {
      const marker = markers[yield* cursor.oneOf(markers.map(([open]) => open))]
      yield* cursor.spaces()
      const made = yield* readList(cursor, declared, marker === undefined)
      if (marker !== undefined && Array.isArray(made)) yield* cursor.attempt(isClosed(cursor, marker[1]))
      return made
    },
  }
}

function* readList(cursor: Cursor, _declared: Declared, isBare: boolean): Reading<Outcome> {
  if (!(yield* cursor.literal('['))) return undefined
  const start = cursor.position()
  yield* cursor.spaces()
  // A list in prose does not begin with a call.
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '' || !(yield* cursor.literal('(')))
    return cursor.isEnded && !isBare && cursor.left() === 0 ? 'cut' : undefined
  cursor.rewind(start - 1)
  const text = yield* readNested(cursor, true)
  if (text === 'cut' || text === undefined)
    return isBare && text === 'cut' && !isArgument(cursor.slice(start, cursor.position())) ? undefined : text
  return pythonCalls(text.slice(1, -1))
}

/** True for the beginning of a call whose first argument has begun. */
function isArgument(text: string): boolean {
  return /^\s*[\w.-]+\(\s*(?:[\p{L}_][\p{L}\p{M}\p{N}_.-]*\s*=|\*\*\s*\{|\))/u.test(text)
}

function* isClosed(cursor: Cursor, close: string): Reading<boolean> {
  yield* cursor.spaces()
  return yield* cursor.literal(close)
}

/** Calls a line each between two markers. */
function linesOfCalls(id: string, open: string, close: string): Dialect {
  return {
    id,
    opens: [open],
    *read(cursor): Reading<Outcome> {
      if (!(yield* cursor.literal(open))) return undefined
      const start = cursor.position()
      yield* cursor.spaces()
      const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
      if (name === '' || !(yield* cursor.literal('('))) return undefined
      cursor.rewind(start)
      const calls: string[] = []
      for (;;) {
        yield* cursor.spaces()
        if (!(yield* cursor.some())) break
        if (yield* cursor.literal(close)) break
        const called = yield* readCall(cursor)
        if (called === 'cut' || called === undefined) return called
        calls.push(called)
        yield* cursor.attempt(isClosed(cursor, ','))
      }
      return pythonCalls(calls.join('\n'))
    },
  }
}

function* readCall(cursor: Cursor): Reading<string | 'cut' | undefined> {
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (name === '') return undefined
  const isOpen = yield* cursor.some()
  if (!isOpen) return 'cut'
  if (cursor.isNext('(') !== true) return undefined
  const text = yield* readNested(cursor, true)
  return text === undefined || text === 'cut' ? text : name + text
}

export const pythonic = listOfCalls('pythonic', [], true)
export const llama4Pythonic = listOfCalls('llama4_pythonic', [['<|python_start|>', '<|python_end|>']], true)
export const lfm2 = listOfCalls('lfm2', [['<|tool_call_start|>', '<|tool_call_end|>']], false)
export const olmo3 = linesOfCalls('olmo3', '<function_calls>', '</function_calls>')
export const gemma3ToolCode = linesOfCalls('gemma3_tool_code', '```tool_code', '```')

export const PYTHON_DIALECTS: readonly Dialect[] = [pythonic, llama4Pythonic, lfm2, olmo3, gemma3ToolCode]
