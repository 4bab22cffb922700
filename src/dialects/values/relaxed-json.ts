/** Where a text of relaxed JSON ends: within a string, within a comment, or outside of both. */
export type RelaxedEnd = {
  readonly within: 'string' | 'comment' | undefined
  /** Brackets still open. */
  readonly depth: number
  /** Where the first value ends, -1 while it does not. */
  readonly valueEnd: number
}

/**
 * Follows the strings, comments and brackets of JSON that may be relaxed: keys without quotes, strings in single quotes,
 * comments. Whether it is JSON is for others to say.
 */
export function endOfRelaxed(text: string): RelaxedEnd {
  let depth = 0
  let valueEnd = -1
  let before = ''
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at)
    const close = closeOf(text, at, before)
    if (close !== undefined) {
      const end = close === '"' || close === "'" ? endOfString(text, at + 1, close) : endOfComment(text, at + 2, close)
      if (end < 0) return { within: close.length === 1 && close !== '\n' ? 'string' : 'comment', depth, valueEnd }
      at = end
    } else if (unit === '{' || unit === '[') depth += 1
    else if (unit === '}' || unit === ']') {
      depth -= 1
      if (depth === 0 && valueEnd < 0) valueEnd = at + 1
    }
    if (unit > ' ') before = unit
  }
  return { within: undefined, depth, valueEnd }
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

function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charAt(at)
    if (unit === '\\') at += 1
    else if (unit === quote) return at
  }
  return -1
}

function endOfComment(text: string, from: number, close: string): number {
  const at = text.indexOf(close, from)
  const carriage = close === '\n' ? text.indexOf('\r', from) : -1
  if (carriage >= 0 && (at < 0 || carriage < at)) return carriage
  return at < 0 ? -1 : at + close.length - 1
}
