import type { Dialect } from '../../src/dialects/dialect.ts'
import { markedJson } from '../../src/dialects/hermes.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { DialectCase } from './cases.ts'

// What some sources' cases ask for beside their text.

/** The dialect of a case, with the marks that the case sets. */
export function dialectOf({ dialect, meta: { delimiters } }: DialectCase): Dialect | undefined {
  const { toolCallStart: open, toolCallEnd: close } = delimiters ?? {}
  if (dialect !== 'hermes' || open === undefined || close === undefined) return DIALECTS.get(dialect)
  return markedJson({ id: dialect, open, close })
}

/**
 * In streams this source leaves the text of broken calls out, unless a case asks for it; we show it, since it may be all
 * that the model said.
 */
export function hidesBroken({ source, kind, meta }: DialectCase): boolean {
  return source === 'ai-sdk-tool-parser' && kind === 'stream' && meta.emit_raw_on_error !== true
}

/** A text without the elements of tools in it. */
export function withoutBroken(text: string, tools: Iterable<string>): string {
  const names = ['tool_call', ...tools].map((name) => name.replace(/[^\w]/g, '\\$&')).join('|')
  return text.replace(new RegExp(`<(${names})(?=[\\s/>])[^]*?(?:</\\s*\\1\\s*>|$)`, 'g'), '')
}

/** The record of this source has `?` for each half of a character that a chunk ends in. */
export function withWholeCharacters(one: DialectCase): DialectCase {
  const astral = /[\ud800-\udbff][\udc00-\udfff]/.exec(JSON.stringify(one.expected_tool_calls))?.[0]
  const streams = one.streams?.map(({ chunks }) => ({ chunks: [...chunks] }))
  if (astral === undefined || one.model_output.includes(astral) || streams === undefined) return one
  for (const { chunks } of streams) {
    const at = chunks.findIndex((chunk, index) => chunk.endsWith('?') && chunks[index + 1]?.startsWith('?') === true)
    const [before, after] = [chunks[at], chunks[at + 1]]
    if (before === undefined || after === undefined) return one
    chunks[at] = before.slice(0, -1) + astral.charAt(0)
    chunks[at + 1] = astral.charAt(1) + after.slice(1)
  }
  return { ...one, streams, model_output: one.model_output.replace('??', astral) }
}
