import type { Cursor, Reading } from './cursor.ts'
import type { Declared } from './dialect.ts'
import { isNameUnit, MAX_NAME_LENGTH } from './values/names.ts'

/** An element whose name is that of a declared tool. `isClosed`: its end came. */
export type ToolTag = { readonly name: string; readonly body: string; readonly isClosed: boolean }

const ATTRIBUTES = /^(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*\/?$/
const CDATA = '<![CDATA['
const MAX_HEAD = 4096

/** Reads a whole element of a declared tool; `undefined` where none begins, `cut` where the text ends in its tag. */
export function* readToolTag(cursor: Cursor, { tools }: Declared): Reading<ToolTag | 'cut' | undefined> {
  if (!(yield* cursor.literal('<'))) return undefined
  yield* cursor.spaces()
  const name = yield* cursor.while(isNameUnit, MAX_NAME_LENGTH)
  if (!(yield* cursor.some())) return undefined
  const isClosed = name.endsWith('/')
  const tool = isClosed ? name.slice(0, -1) : name
  if (!tools.has(tool)) return undefined
  if (isClosed) return (yield* cursor.literal('>')) ? { name: tool, body: '', isClosed } : undefined
  const start = cursor.position()
  const { found, at } = yield* cursor.until(['>'])
  if (found < 0) return 'cut'
  const head = cursor.slice(start, at)
  if (head.length <= MAX_HEAD && ATTRIBUTES.test(head)) {
    return head.endsWith('/') ? { name, body: '', isClosed: true } : yield* readBody(cursor, name, tools.get(name))
  }
  // The body may stand in the tag itself: `<name`, lines, `/>`.
  if (!/^\s*\n/.test(head)) return undefined
  cursor.rewind(start)
  const end = yield* cursor.until(['\n/>'])
  return end.found < 0 ? undefined : { name, body: cursor.slice(start, end.at), isClosed: true }
}

/** Up to the closing tag, which may have spaces in it. A parameter may be called as its tool is. */
function* readBody(cursor: Cursor, name: string, parameters: unknown): Reading<ToolTag> {
  const start = cursor.position()
  const mayNest = JSON.stringify(parameters ?? {}).includes(`${JSON.stringify(name)}:`)
  const marks = ['</', CDATA, ...(mayNest ? [`<${name}>`] : [])]
  let nested = 0
  for (;;) {
    const { found, at } = yield* cursor.until(marks)
    if (found < 0) break
    if (found === 1) yield* cursor.until([']]>'])
    else if (found === 2) nested += 1
    else if (yield* cursor.attempt(isTagEnd(cursor, name))) {
      if (nested === 0) return { name, body: cursor.slice(start, at), isClosed: true }
      nested -= 1
    }
  }
  return { name, body: cursor.slice(start, cursor.position()), isClosed: false }
}

function* isTagEnd(cursor: Cursor, name: string): Reading<boolean> {
  yield* cursor.spaces()
  if (!(yield* cursor.literal(name))) return false
  yield* cursor.spaces()
  return yield* cursor.literal('>')
}

/** A body without the beginning of its closing tag, at which the text ended. */
export function withoutTagStart(body: string, name: string): string {
  const at = body.lastIndexOf('<')
  return at >= 0 && `</${name}>`.startsWith(body.slice(at).replace(/\s/g, '')) ? body.slice(0, at) : body
}
