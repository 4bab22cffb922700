import type { Reading } from './cursor.ts'
import type { Dialect, Outcome } from './dialect.ts'
import { gemmaArguments } from './values/gemma.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

/** `<|tool_call>call:get_weather{city:<|"|>Paris<|"|>}<tool_call|>`, with other marks in FunctionGemma. */
function gemma(id: string, open: string, close: string, mark: string): Dialect {
  return {
    id,
    opens: [open],
    *read(cursor): Reading<Outcome> {
      if (!(yield* cursor.literal(open))) return undefined
      yield* cursor.spaces()
      if (!(yield* cursor.literal('call:'))) return undefined
      const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
      const start = cursor.position()
      if (name === '' || ((yield* cursor.some()) && cursor.isNext('{') !== true)) return undefined
      const ended = yield* cursor.until([close])
      const argumentsText = gemmaArguments(cursor.slice(start, ended.at).trim(), mark)
      if (argumentsText === undefined) return ended.found < 0 ? 'cut' : undefined
      return [{ name, argumentsText }]
    },
  }
}

export const gemma4 = gemma('gemma4', '<|tool_call>', '<tool_call|>', '<|"|>')
export const functiongemma = gemma('functiongemma', '<start_function_call>', '<end_function_call>', '<escape>')

export const GEMMA_DIALECTS: readonly Dialect[] = [gemma4, functiongemma]
