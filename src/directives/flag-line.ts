// Where people write flags: alone on a line, the first or the last of what they say. `[flag: cheap, eu]`

const FLAG = /^[ \t]*\[[ \t]*flag[ \t]*:([^\][]*)\][ \t]*$/i
const ESCAPED = /^[ \t]*\\+\[[ \t]*flag[ \t]*:/i
const FENCE = /^[ \t]*(`{3,}|~{3,})(.*)$/gm
const MAX_LINE = 500

/** The first or the last line of a text: flags, or what would be flags without the backslash before them. */
export type EdgeLine = {
  readonly start: number
  readonly end: number
  /** What stands between the colon and the bracket; `undefined` where a backslash says that it is text. */
  readonly list: string | undefined
  /** Index of that backslash. */
  readonly escape: number | undefined
}

/** `first` and `last` are the same where the text has one line. */
export type EdgeLines = { readonly first: EdgeLine | undefined; readonly last: EdgeLine | undefined }

/** False for nearly every text, whatever its length, after a look at its ends. */
export function mayHaveFlags(text: string): boolean {
  let from = 0
  while (isSpace(text.charCodeAt(from))) from += 1
  if (mayBegin(text, from)) return true
  let until = text.length
  while (until > from && isSpace(text.charCodeAt(until - 1))) until -= 1
  // A flag line is no longer than this, and ends with its bracket; what follows a backslash may not.
  const end = text.slice(Math.max(from, until - MAX_LINE - 1), until)
  return mayBegin(end, skipBlanks(end, end.lastIndexOf('\n') + 1))
}

/**
 * The flag lines at the ends of a text. Blank lines around it are passed over; a line in a block of code that was not
 * closed is quoted, and no flag line.
 */
export function flagLines(text: string): EdgeLines | undefined {
  const from = text.search(/\S/)
  if (from < 0) return undefined
  const until = text.trimEnd().length
  const lastStart = text.lastIndexOf('\n', until - 1) + 1
  const newline = text.indexOf('\n', from)
  const first = lineAt(text, text.lastIndexOf('\n', from) + 1, newline < 0 || newline > until ? until : newline)
  if (lastStart <= from) return first === undefined ? undefined : { first, last: first }
  const last = lineAt(text, lastStart, until)
  const unquoted = last === undefined || isInCode(text, lastStart) ? undefined : last
  return first === undefined && unquoted === undefined ? undefined : { first, last: unquoted }
}

/** The text without a line. What separated it from the rest goes with it: its line break, and blank lines. */
export function withoutLine(text: string, { start, end }: EdgeLine): string {
  const before = text.slice(0, start)
  const after = text.slice(end)
  return before.trim() === '' ? after.replace(/^\s*\n/, '') : before.trimEnd() + (after.trim() === '' ? '' : after)
}

/** `cheap, region=(eu ch); most secure` ▶ three items. Commas in brackets and in quotes separate nothing. */
export function itemsOf(list: string): string[] {
  return (list.match(/(?:\([^)]*\)|"[^"]*"|[^,;+("])+/g) ?? []).map((item) => item.trim()).filter((item) => item !== '')
}

function lineAt(text: string, start: number, end: number): EdgeLine | undefined {
  if (end - start > MAX_LINE) return undefined
  const line = text.slice(start, end).replace(/\r$/, '')
  const list = FLAG.exec(line)?.[1]
  if (list !== undefined) return { start, end, list, escape: undefined }
  return ESCAPED.test(line) ? { start, end, list: undefined, escape: start + line.indexOf('\\') } : undefined
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

function mayBegin(text: string, index: number): boolean {
  return text[index] === '[' || text[index] === '\\'
}

function skipBlanks(text: string, start: number): number {
  let index = start
  while (text[index] === ' ' || text[index] === '\t') index += 1
  return index
}

/** A fence is open before `index`: closed by one of the same kind that is as long. https://spec.commonmark.org/0.31.2/#fenced-code-blocks */
function isInCode(text: string, index: number): boolean {
  let open: string | undefined
  for (const [, fence = '', rest = ''] of text.slice(0, index).matchAll(FENCE)) {
    if (open === undefined) open = fence.startsWith('`') && rest.includes('`') ? undefined : fence
    else if (fence.startsWith(open) && rest.trim() === '') open = undefined
  }
  return open !== undefined
}
