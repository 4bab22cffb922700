import type { Declared } from '../dialect.ts'
import { ELEMENT_LAYOUTS } from './element-layouts.ts'
import { GEMMA_LAYOUTS } from './gemma-layouts.ts'
import { JSON_LAYOUTS } from './json-layouts.ts'
import { MARKUP_LAYOUTS } from './markup-layouts.ts'
import { PYTHON_LAYOUTS } from './python-layouts.ts'
import type { Layout, WrittenCall } from './written-call.ts'

export { writeResult } from './write-result.ts'

const LAYOUTS: ReadonlyMap<string, Layout> = new Map(
  [JSON_LAYOUTS, PYTHON_LAYOUTS, MARKUP_LAYOUTS, GEMMA_LAYOUTS, ELEMENT_LAYOUTS].flatMap((layouts) =>
    Object.entries(layouts),
  ),
)

/** True for a dialect with a layout of its own; every other is written as Hermes. */
export function hasLayout(dialectId: string): boolean {
  return LAYOUTS.has(dialectId)
}

/**
 * The calls of an assistant's turn as text, as the chat template of the dialect's models puts them; of a dialect that is
 * not known, as Hermes does. Never throws; no calls are no text.
 *
 * `createTextReader` reads back what was written, but for what the dialect has no words for: raw dialects (parameters in
 * tags) know a value's type from the declared schema alone, and of names only such as may stand in a tag.
 */
export function writeCalls(dialectId: string, calls: readonly WrittenCall[], declared: Declared): string {
  const layout = LAYOUTS.get(dialectId) ?? LAYOUTS.get('hermes')
  if (layout === undefined || calls.length === 0) return ''
  const { before = '', between = '', after = '' } = layout
  return before + calls.map((call, index) => layout.call(call, index, declared)).join(between) + after
}
