/** Says whether the text that has been read so far ends within code that explains something: a fenced block, or a span. */
export type Fences = {
  read(text: string): void
  isExample(): boolean
}

/** What follows the backticks of a fence has none: else it is a span of code. In lists fences are indented. */
const FENCE = /^\s*(`{3,}(?!.*`)|~{3,})\s*(\S*)/
/** Blocks in which models call tools. */
const CALLING: ReadonlySet<string> = new Set(['tool_call', 'tool_calls', 'tool_code', 'json'])
/** How much of a line counts. */
const MAX_LINE = 256
const MAX_DEPTH = 64

/**
 * A block explains if there was text before it, and its first line does not say that it is a call. Models put blocks in
 * blocks that are no longer fenced than those, and leave blocks open: code is only what is so either way.
 */
export function createFences(): Fences {
  const readings = [createBlocks(1), createBlocks(MAX_DEPTH)]
  let line = ''
  let hasText = false

  function endLine(): void {
    const [, mark, word = ''] = FENCE.exec(line) ?? []
    if (mark !== undefined) for (const blocks of readings) blocks.read(mark, word, hasText && !CALLING.has(word))
    if (line.trim() !== '') hasText = true
    line = ''
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
      if (readings.every((blocks) => !blocks.isOpen())) return beginsSpan()
      // A call may stand behind the end of a block, in the same line.
      const [, mark, word = ''] = FENCE.exec(line) ?? []
      return readings.every((blocks) => blocks.isExample(mark, word))
    },
  }
}

type Block = { readonly mark: string; readonly isExample: boolean }

type Blocks = {
  /** A line that is a fence: its mark, and what is said behind it. */
  read(mark: string, word: string, isExample: boolean): void
  isOpen(): boolean
  /** Behind such a line as well, where one has begun. */
  isExample(mark: string | undefined, word: string): boolean
}

function createBlocks(maxDepth: number): Blocks {
  const open: Block[] = []

  function ends(mark: string | undefined, word: string): boolean {
    const last = open.at(-1)
    return mark !== undefined && word === '' && last !== undefined && mark.startsWith(last.mark)
  }

  return {
    read(mark, word, isExample) {
      if (ends(mark, word)) open.pop()
      else if (open.length < maxDepth) open.push({ mark, isExample })
    },
    isOpen: () => open.length > 0,
    isExample: (mark, word) => (ends(mark, word) ? open.slice(0, -1) : open).some((block) => block.isExample),
  }
}
