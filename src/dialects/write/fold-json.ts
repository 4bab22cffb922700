/** What each kind of JSON value becomes. Names come decoded, numbers and words as they are written. */
export type JsonFold<Result> = {
  object(members: readonly (readonly [name: string, value: Result])[]): Result
  list(elements: readonly Result[]): Result
  string(text: string): Result
  /** A number, `true`, `false` or `null`. */
  word(text: string): Result
}

const QUOTE = 34
const BACKSLASH = 92

/**
 * Walks the text of a valid JSON value once, in its order: digits of numbers and the order of members stay. Calls itself
 * once a level.
 */
export function foldJson<Result>(text: string, fold: JsonFold<Result>): Result {
  let at = 0

  function value(): Result {
    skip()
    const first = text.charAt(at)
    if (first === '"') return fold.string(string())
    if (first === '{') return object()
    if (first === '[') return list()
    const start = at
    while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at += 1
    return fold.word(text.slice(start, at))
  }

  function object(): Result {
    const members: [string, Result][] = []
    at += 1
    for (skip(); text.charAt(at) !== '}'; skip()) {
      const name = string()
      skip()
      members.push([name, value()])
    }
    at += 1
    return fold.object(members)
  }

  function list(): Result {
    const elements: Result[] = []
    at += 1
    for (skip(); text.charAt(at) !== ']'; skip()) elements.push(value())
    at += 1
    return fold.list(elements)
  }

  function string(): string {
    const start = at
    at += 1
    while (text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
    at += 1
    return JSON.parse(text.slice(start, at)) as string
  }

  /** White space, and what separates values. */
  function skip(): void {
    while (at < text.length && /[\s,:]/.test(text.charAt(at))) at += 1
  }

  return value()
}
