const SPACES = /[ \t\n\r]*/y
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y
const QUOTE = 34
const BACKSLASH = 92
const SPACE = 32

/**
 * True for the text of one JSON value (RFC 8259). Says no at the first unit that is wrong, where `JSON.parse` throws an
 * error that costs as much as some thousand units.
 */
export function isJsonSyntax(text: string): boolean {
  let at = 0
  // What ends the brackets that are open.
  const closes: string[] = []

  const read = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const isFound = pattern.test(text)
    if (isFound) at = pattern.lastIndex
    return isFound
  }
  const take = (unit: string): boolean => {
    read(SPACES)
    if (text.charAt(at) !== unit) return false
    at += 1
    return true
  }
  const readString = (): boolean => {
    if (text.charCodeAt(at) !== QUOTE) return false
    at += 1
    for (;;) {
      const unit = text.charCodeAt(at)
      if (Number.isNaN(unit) || unit < SPACE) return false
      at += 1
      if (unit === QUOTE) return true
      if (unit === BACKSLASH && !read(ESCAPE)) return false
    }
  }
  const readName = (): boolean => {
    read(SPACES)
    return readString() && take(':')
  }

  for (;;) {
    if (take('{')) {
      closes.push('}')
      if (!take('}')) {
        if (!readName()) return false
        continue
      }
      closes.pop()
    } else if (take('[')) {
      closes.push(']')
      if (!take(']')) continue
      closes.pop()
    } else if (text.charCodeAt(at) === QUOTE ? !readString() : !read(WORD)) return false
    // Behind a value: what ends with it, or the next one.
    for (let close = closes.at(-1); close !== undefined && take(close); close = closes.at(-1)) closes.pop()
    const close = closes.at(-1)
    if (close === undefined) break
    if (!take(',')) return false
    if (close === '}' && !readName()) return false
  }
  read(SPACES)
  return at === text.length
}
