/** Says whether the text that has been read so far ends within code that explains something: a fenced block, or a span. */
export type Fences = {
  read(text: string): void
  isExample(): boolean
}

/** What follows the backticks of a fence has none: else it is a span of code. */
const FENCE = /^ {0,3}(`{3,}(?!.*`)|~{3,})\s*(\S*)/
/** Blocks in which models call tools. */
const CALLING: ReadonlySet<string> = new Set(['tool_call', 'tool_calls', 'tool_code', 'json'])
/** How much of a line counts. */
const MAX_LINE = 256

/** A block explains if there was text before it, and its first line does not say that it is a call. */
export function createFences(): Fences {
  let line = ''
  let fence: { readonly mark: string; readonly isExample: boolean } | undefined
  let hasText = false

  function endLine(): void {
    const [, mark, word = ''] = FENCE.exec(line) ?? []
    if (mark !== undefined && fence === undefined) fence = { mark, isExample: hasText && !CALLING.has(word) }
    else if (isEnd(mark, word)) fence = undefined
    if (line.trim() !== '') hasText = true
    line = ''
  }

  function isEnd(mark: string | undefined, word: string): boolean {
    return mark !== undefined && word === '' && fence !== undefined && mark.startsWith(fence.mark)
  }

  /** Right behind the backticks that begin a span. */
  function beginsSpan(): boolean {
    if (!line.endsWith('`') || !(hasText || /[^`\s]/.test(line))) return false
    return (line.match(/`+/g)?.length ?? 0) % 2 === 1
  }

  return {
    read(text) {
      let from = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        line += text.slice(from, end).slice(0, MAX_LINE - line.length)
        endLine()
        from = end + 1
      }
      line += text.slice(from, from + MAX_LINE - line.length)
    },
    isExample() {
      if (fence === undefined) return beginsSpan()
      // A call may stand behind the end of a block, in the same line.
      const [, mark, word = ''] = FENCE.exec(line) ?? []
      return fence.isExample && !isEnd(mark, word)
    },
  }
}
