// Where the parts of a valid JSON text stand. Nothing is decoded but keys.

const QUOTE = 34
const COMMA = 44
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/**
 * The key that stands from `start` to `end`, quotes included. Keys with escapes are decoded, so that `"mod\u0065l"` is
 * `model` here as it is to the upstream.
 */
export function readKey(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1)
  return raw.includes('\\') ? String(JSON.parse(text.slice(start, end))) : raw
}

/** Index of the first character from `start` that is no white space. */
export function skipSpace(text: string, start: number): number {
  let index = start
  for (;;) {
    const code = text.charCodeAt(index)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return index
    index += 1
  }
}

/** Index after the closing quote of the string that opens at `start`. */
export function skipString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end + 1
}

function isEscaped(text: string, quote: number): boolean {
  let index = quote - 1
  while (text.charCodeAt(index) === BACKSLASH) index -= 1
  return (quote - index) % 2 === 0
}

/** Index after the value that begins at `start`; white space behind it is not part of it. */
export function skipValue(text: string, start: number): number {
  const first = text.charCodeAt(start)
  if (first === QUOTE) return skipString(text, start)
  let index = start
  let depth = 0
  while (index < text.length) {
    const code = text.charCodeAt(index)
    if (code === QUOTE) {
      index = skipString(text, index)
      continue
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return trimEnd(text, start, index)
      depth -= 1
      if (depth === 0) return index + 1
    } else if (code === COMMA && depth === 0) return trimEnd(text, start, index)
    index += 1
  }
  return index
}

function trimEnd(text: string, start: number, end: number): number {
  let index = end
  while (index > start && text.charCodeAt(index - 1) <= 32) index -= 1
  return index
}
