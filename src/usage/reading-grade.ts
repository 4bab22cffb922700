/** English prose of an answer and how hard it is to read. */
export type Reading = {
  /** Grade of school: 0.39 · words a sentence + 11.8 · syllables a word − 15.59 (Kincaid et al. 1975). */
  readonly grade: number
  readonly words: number
}

// Fewer words say nothing of a style.
const LEAST_WORDS = 80
const MOST_CHARACTERS = 8_000
// Of the commonest words of English, which make up a quarter or more of any prose in it and next to none of any other.
const COMMON = new Set(
  'the of and to a in is that it for as with on are be this by an or not from can you which at have but if'.split(' '),
)
const LEAST_COMMON = 0.2
// A line of a table, of a formula or of a list of names is no sentence.
const LEAST_SENTENCES = 3
const MOST_GRADE = 25

/** `undefined` for what is short, not English, or not prose. */
export function readingOf(answer: string): Reading | undefined {
  const prose = proseOf(answer.slice(0, MOST_CHARACTERS))
  let words = 0
  let syllables = 0
  let common = 0
  let sentences = 0
  for (const sentence of prose.split(/(?<=[.!?])["')\]]*\s+|\n[ \t]*\n/)) {
    const found = sentence.toLowerCase().match(/[\p{L}][\p{L}'’]*/gu) ?? []
    if (found.length < 3) continue
    sentences += 1
    words += found.length
    for (const word of found) {
      syllables += syllablesOf(word)
      if (COMMON.has(word)) common += 1
    }
  }
  if (words < LEAST_WORDS || sentences < LEAST_SENTENCES || common / words < LEAST_COMMON) return undefined
  const grade = 0.39 * (words / sentences) + 11.8 * (syllables / words) - 15.59
  return { grade: Math.min(MOST_GRADE, Math.max(0, grade)), words }
}

/** Without code, tables, formulas, addresses and the marks of Markdown; each item of a list ends its sentence. */
function proseOf(answer: string): string {
  return answer
    .replaceAll(/```[\s\S]*?(?:```|$)/g, '\n\n')
    .replaceAll(/\$\$[\s\S]{0,999}?\$\$|\\\[[\s\S]{0,999}?\\\]|\\\(.{0,999}?\\\)|\$[^$\n]+\$/g, ' ')
    .replaceAll(/`[^`\n]*`/g, ' ')
    .replaceAll(/https?:\/\/\S+/g, ' ')
    .replaceAll(/^[ \t]*\|.*$/gm, '\n')
    .replaceAll(/^[ \t]*(?:#{1,6}[ \t].*|[-*_]{3,}[ \t]*)$/gm, '\n')
    .replaceAll(/^[ \t]*(?:[-*+•]|\d+[.)])[ \t]+/gm, '\n\n')
    .replaceAll(/[*_>]+/g, ' ')
}

/** Groups of vowels, less a silent end: right for about nine words of ten. */
function syllablesOf(word: string): number {
  const plain = word.replace(/(?:[^laeiouy]es|[^laeiouydt]ed|[^laeiouy]e)$/, (end) => end.charAt(0))
  return Math.max(1, plain.match(/[aeiouyà-öø-ÿ]+/g)?.length ?? 0)
}
