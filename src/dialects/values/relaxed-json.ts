/** Where a text of relaxed JSON ends: within a string, within a comment, or outside of both. */
export type RelaxedEnd = {
  readonly within: 'string' | 'comment' | undefined
  /** Brackets still open. */
  readonly depth: number
  /** Where the first value ends, -1 while it does not. */
  readonly valueEnd: number
  /** Where to go on when there is more of the text. */
  readonly next: number
  readonly before: string
  readonly close: string | undefined
}

const BEGINNING: RelaxedEnd = { within: undefined, depth: 0, valueEnd: -1, next: 0, before: '', close: undefined }

/**
 * Follows the strings, comments and brackets of JSON that may be relaxed: keys without quotes, strings in single quotes,
 * comments. Whether it is JSON is for others to say. `known`: where the beginning of the text ended.
 */
export function endOfRelaxed(text: string, known: RelaxedEnd = BEGINNING): RelaxedEnd {
  let { depth, valueEnd, before, close } = known
  let at = known.next
  while (at < text.length) {
    if (close !== undefined) {
      const end = isQuote(close) ? endOfString(text, at, close) : endOfComment(text, at, close)
      if (!end.isFound) return { within: withinOf(close), depth, valueEnd, next: end.next, before, close }
      before = isQuote(close) ? close : '/'
      close = undefined
      at = end.next
      continue
    }
    const unit = text.charAt(at)
    close = closeOf(text, at, before)
    if (close !== undefined) {
      at += isQuote(close) ? 1 : 2
      continue
    }
    at += 1
    if (unit === '{' || unit === '[') depth += 1
    else if (unit === '}' || unit === ']') {
      depth -= 1
      if (depth === 0 && valueEnd < 0) valueEnd = at
    }
    if (unit > ' ') before = unit
  }
  return { within: withinOf(close), depth, valueEnd, next: at, before, close }
}

function withinOf(close: string | undefined): RelaxedEnd['within'] {
  if (close === undefined) return undefined
  return isQuote(close) ? 'string' : 'comment'
}

function isQuote(close: string): boolean {
  return close === '"' || close === "'"
}

/** What ends the string or comment that begins here, if one does. */
function closeOf(text: string, at: number, before: string): string | undefined {
  const unit = text.charAt(at)
  if (unit === '"') return '"'
  // Elsewhere it is an apostrophe.
  if (unit === "'") return /[{[,:]/.test(before) ? "'" : undefined
  if (unit !== '/') return undefined
  if (text.startsWith('/*', at)) return '*/'
  // Else the slashes of an address or a path.
  return text.startsWith('//', at) && !/[\w:/.]/.test(text.charAt(at - 1).replace(/\d/, '')) ? '\n' : undefined
}

/** Where to go on, behind the end if it is there. */
type Ended = { readonly isFound: boolean; readonly next: number }

function endOfString(text: string, from: number, quote: string): Ended {
  let at = from
  for (; at < text.length; at += 1) {
    const unit = text.charAt(at)
    if (unit === '\\') at += 1
    else if (unit === quote) return { isFound: true, next: at + 1 }
  }
  return { isFound: false, next: at }
}

function endOfComment(text: string, from: number, close: string): Ended {
  const at = text.indexOf(close, from)
  const carriage = close === '\n' ? text.indexOf('\r', from) : -1
  if (carriage >= 0 && (at < 0 || carriage < at)) return { isFound: true, next: carriage + 1 }
  return at < 0 ? { isFound: false, next: Math.max(from, text.length - 1) } : { isFound: true, next: at + close.length }
}
