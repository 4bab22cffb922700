import type { JsonFold } from './fold-json.ts'
import { foldJson } from './fold-json.ts'
import type { Layout } from './written-call.ts'
import { objectText } from './written-call.ts'

/** Gemma's values: bare names, and strings between two marks. What holds a mark is a JSON string without its `<`. */
export function gemmaValue(json: string, mark: string, close: string): string {
  const quoted = (text: string): string =>
    text.includes(mark) || text.includes(close)
      ? JSON.stringify(text).replaceAll('<', '\\u003c')
      : `${mark}${text}${mark}`
  const fold: JsonFold<string> = {
    object: (members) =>
      `{${members.map(([name, value]) => `${/^[\p{L}\p{M}\p{N}_.$-]+$/u.test(name) ? name : quoted(name)}:${value}`).join(',')}}`,
    list: (elements) => `[${elements.join(',')}]`,
    string: quoted,
    word: (text) => text,
  }
  return foldJson(json, fold)
}

function gemma(open: string, close: string, mark: string): Layout {
  return { call: (call) => `${open}call:${call.name}${gemmaValue(objectText(call), mark, close)}${close}` }
}

export const GEMMA_LAYOUTS: Readonly<Record<string, Layout>> = {
  gemma4: gemma('<|tool_call>', '<tool_call|>', '<|"|>'),
  functiongemma: gemma('<start_function_call>', '<end_function_call>', '<escape>'),
}
