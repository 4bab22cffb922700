/** Says whether the text that has been read so far ends within a fenced block that explains something. */
export type Fences = {
  read(text: string): void
  isExample(): boolean
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/
/** Blocks in which models call tools. */
const CALLING: ReadonlySet<string> = new Set(['tool_call', 'tool_calls', 'tool_code', 'json'])
/** How much of a line counts. */
const MAX_LINE = 64

/** A block explains if there was text before it, and its first line does not say that it is a call. */
export function createFences(): Fences {
  let line = ''
  let fence: { readonly mark: string; readonly isExample: boolean } | undefined
  let hasText = false

  function endLine(): void {
    const [, mark, word = ''] = FENCE.exec(line) ?? []
    if (mark !== undefined && fence === undefined) fence = { mark, isExample: hasText && !CALLING.has(word) }
    else if (mark !== undefined && word === '' && fence !== undefined && mark.startsWith(fence.mark)) fence = undefined
    if (line.trim() !== '') hasText = true
    line = ''
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
    isExample: () => fence?.isExample === true,
  }
}
