/** How deep in strings JSON text as it comes stands: 1 in a string, 2 in a string of JSON that is itself a string, and so on. */
export type StringDepth = {
  push(text: string): void
  depth(): number
}

const SPACE = String.raw`(?:\s|\\+[nrt])*`
/** What may stand in JSON before its first string. */
const BEFORE_FIRST_STRING = new RegExp(String.raw`^${SPACE}(?:\{|\[[\d\s.,+\-eE{}\[\]\\a-z]*)${SPACE}$`)
const LONGEST_BEGINNING = 256
const DEEPEST = 5

type Open = {
  /** What stands before the first quote in it; of no use beyond that. */
  beginning: string
  /** Once that quote has come. */
  isJson: boolean | undefined
}

/**
 * A quote behind `n` backslashes belongs to the string that is as deep as `n` ends with ones in binary: each level doubles
 * them, and adds one before a quote. A text that only quotes something is told from JSON by what stands before its first
 * quote.
 */
export function createStringDepth(): StringDepth {
  const open: Open[] = []
  let backslashes = 0

  function quote(): void {
    const level = trailingOnes(backslashes)
    if (level < open.length) open.length = level
    else if (level === open.length && level < DEEPEST && holdsJson(open.at(-1))) {
      open.push({ beginning: '', isJson: undefined })
    }
  }

  function holdsJson(around: Open | undefined): boolean {
    if (around === undefined) return true
    around.isJson ??= BEFORE_FIRST_STRING.test(around.beginning.slice(0, around.beginning.length - backslashes))
    return around.isJson
  }

  return {
    push(text) {
      for (const character of text) {
        if (character === '"') quote()
        else {
          const innermost = open.at(-1)
          if (innermost?.isJson === undefined && innermost !== undefined) {
            if (innermost.beginning.length < LONGEST_BEGINNING) innermost.beginning += character
            else innermost.isJson = false
          }
        }
        backslashes = character === '\\' ? backslashes + 1 : 0
      }
    },
    depth: () => open.length,
  }
}

function trailingOnes(count: number): number {
  let ones = 0
  for (let rest = count; rest % 2 === 1; rest = (rest - 1) / 2) ones += 1
  return ones
}
