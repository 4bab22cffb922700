import type { Cursor, Reading } from './cursor.ts'
import type { Declared, Dialect, Outcome } from './dialect.ts'
import { isOneOf } from './named-arguments.ts'
import { gemmaArguments, repairedGemmaArguments } from './values/gemma.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

type Marks = {
  readonly open: string
  readonly close: string
  /** On both sides of a string. */
  readonly quote: string
  /** Where a result should follow: the model is not to write one. */
  readonly response: string
  /** Around what the model thinks, for itself. */
  readonly thought?: readonly [open: string, close: string]
}

/** How many close markers one call may have in its strings. */
const MAX_CLOSES = 16

/** `<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>`, with other marks in FunctionGemma. */
function gemma(id: string, marks: Marks): Dialect {
  const { open, close, response, thought } = marks
  return {
    id,
    opens: [open, ...(thought === undefined ? [] : [thought[0]])],
    *read(cursor, declared): Reading<Outcome> {
      if (thought !== undefined && (yield* cursor.literal(thought[0]))) {
        yield* cursor.literal('thought')
        return { channel: 'reasoning', ends: [thought[1]] }
      }
      if (!(yield* cursor.literal(open))) return undefined
      if (yield* cursor.attempt(isOneOf(cursor, [close]))) return 'dropped'
      yield* cursor.spaces()
      if (!(yield* cursor.literal('call:'))) return undefined
      yield* cursor.spaces()
      const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
      yield* cursor.spaces()
      const argumentsText = name === '' ? undefined : yield* readArguments(cursor, declared, name, marks)
      if (argumentsText === undefined || argumentsText === 'cut') return argumentsText
      while (yield* cursor.attempt(isOneOf(cursor, [close, response])));
      return [{ name, argumentsText }]
    },
  }
}

/** Up to the close marker, which a string may hold too; over it, or to the end of the text. */
function* readArguments(
  cursor: Cursor,
  { tools }: Declared,
  name: string,
  { close, quote }: Marks,
): Reading<string | 'cut' | undefined> {
  const start = cursor.position()
  if ((yield* cursor.some()) && cursor.isNext('{') !== true) return (yield* cursor.literal(close)) ? '{}' : undefined
  let first: { readonly text: string; readonly end: number } | undefined
  for (let closes = 0; closes < MAX_CLOSES; closes += 1) {
    const ended = yield* cursor.until([close])
    const text = cursor.slice(start, ended.at).trim()
    const json = gemmaArguments(text, quote)
    if (json !== undefined) return json
    if (ended.found < 0) break
    first ??= { text, end: cursor.position() }
    if (text.split(quote).length % 2 === 1) break
  }
  if (first === undefined) return 'cut'
  cursor.rewind(first.end)
  return repairedGemmaArguments(first.text, quote, tools.get(name))
}

export const gemma4 = gemma('gemma4', {
  open: '<|tool_call>',
  close: '<tool_call|>',
  quote: '<|"|>',
  response: '<|tool_response>',
  thought: ['<|channel>', '<channel|>'],
})

export const functiongemma = gemma('functiongemma', {
  open: '<start_function_call>',
  close: '<end_function_call>',
  quote: '<escape>',
  response: '<start_function_response>',
})

export const GEMMA_DIALECTS: readonly Dialect[] = [gemma4, functiongemma]
