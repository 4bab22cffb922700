/** What a model says after it has thought: without the thoughts that some servers leave in the text. */
export function withoutThoughts(text: string): string {
  const end = text.lastIndexOf(THOUGHTS_END)
  if (end >= 0) return text.slice(end + THOUGHTS_END.length).trim()
  // Thoughts that never ended hold no answer.
  return /^\s*<think>/.test(text) ? '' : text.trim()
}

const THOUGHTS_END = '</think>'

/** The answer proper: what follows the last `Answer:`, else what is boxed, else the last line. */
export function finalAnswer(text: string): string {
  // TeX's fractions first: their braces would hide the box around them.
  const said = withoutThoughts(text).replace(/\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}/g, '$1/$2')
  const lines = said.split('\n').map((line) => line.trim())
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const after = ANSWER_LINE.exec(lines[index] ?? '')?.[1]
    if (after === undefined) continue
    const own = unmarked(after)
    // "Answer:" alone on its line, the answer on the next.
    if (own !== '') return own
    return unmarked(lines.slice(index + 1).find((line) => line !== '') ?? '')
  }
  const boxed = [...said.matchAll(/\\boxed\{([^{}]*)\}/g)].at(-1)?.[1]
  if (boxed !== undefined) return unmarked(boxed)
  return unmarked(lines.findLast((line) => line !== '') ?? '')
}

const ANSWER_LINE = /^[\s>#*_-]*(?:final\s+)?answer[\s*_]*[:：](.*)$/iu

/** Without Markdown's marks and TeX's wrappers around the whole. */
function unmarked(text: string): string {
  return text
    .replaceAll('**', '')
    .replace(/^\s*(?:[-*>#]\s+)+/, '')
    .replace(/\\(?:boxed|text|mathrm)\{([^{}]*)\}/g, '$1')
    .replace(/\\[()[\]]/g, '')
    .replace(/^[\s$`_]+|[\s$`_]+$/g, '')
}

/** Texts that differ only in case, spacing, quotation and closing stops are the same answer. */
export function normalText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[‘’]/g, "'")
    .replace(/[“”«»„]/g, '"')
    .replace(/\s*([,;:])\s*/g, '$1 ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`*]+|[\s"'`*.!。]+$/g, '')
    .replace(/^(?:the|an?) /, '')
    .trim()
}

/** The last number in a text, exactly: its digits as they stand, so that none is lost. */
export function lastNumber(text: string): string | undefined {
  const found = [
    ...text
      .normalize('NFKC')
      .replace(/\\[,;! ]|\{,\}/g, '')
      .matchAll(NUMBER),
  ].at(-1)?.[0]
  return found?.replace(/[−–]/g, '-').replace(/[,\u00A0\u202F ']/g, '')
}

// Thousands may be set off by commas, spaces or apostrophes; a fraction follows a point.
const NUMBER = /(?<![\w.])[-−–]?(?:\d{1,3}(?:[,\u00A0\u202F ']\d{3})+(?!\d)|\d+)(?:\.\d+)?(?!\w*\d)/g
