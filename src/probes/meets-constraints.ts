import type { Constraints } from './probe.ts'

/** Whether a text keeps to every one of the constraints. */
export function meetsConstraints(text: string, constraints: Constraints): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const has = (phrase: string): boolean => timesIn(text, phrase) > 0
  const { words, sentences, paragraphs, include, exclude, times, starts, ends, each_line: pattern } = constraints
  return (
    within(wordsIn(text).length, words) &&
    within(lines.length, constraints.lines) &&
    within(sentencesIn(text), sentences) &&
    within(text.split(/\n\s*\n/).filter((block) => block.trim() !== '').length, paragraphs) &&
    (include ?? []).every(has) &&
    !(exclude ?? []).some(has) &&
    Object.entries(times ?? {}).every(([phrase, number]) => timesIn(text, phrase) === number) &&
    (starts === undefined || text.startsWith(starts)) &&
    (ends === undefined || text.endsWith(ends)) &&
    hasCase(text, constraints.case) &&
    (pattern === undefined || lines.every((line) => new RegExp(pattern, 'u').test(line))) &&
    (constraints.without_letter === undefined ||
      !text.toLowerCase().includes(constraints.without_letter.toLowerCase())) &&
    (constraints.initials === undefined ||
      lines
        .map((line) => /\p{L}/u.exec(line)?.[0] ?? '')
        .join('')
        .toLowerCase() === constraints.initials.toLowerCase())
  )
}

function within(number: number, wanted: Constraints['words']): boolean {
  if (wanted === undefined) return true
  if (typeof wanted === 'number') return number === wanted
  return number >= (wanted.least ?? 0) && number <= (wanted.most ?? Number.POSITIVE_INFINITY)
}

function wordsIn(text: string): string[] {
  // A dash between spaces is no word.
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
}

function sentencesIn(text: string): number {
  return text.split(/[.!?…]+(?=\s|["')\]]|$)/u).filter((part) => /[\p{L}\p{N}]/u.test(part)).length
}

/** How often a phrase stands in a text, as words of their own where it begins and ends with a letter. */
function timesIn(text: string, phrase: string): number {
  const escaped = phrase.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const before = /^[\p{L}\p{N}]/u.test(phrase) ? String.raw`(?<![\p{L}\p{N}])` : ''
  const after = /[\p{L}\p{N}]$/u.test(phrase) ? String.raw`(?![\p{L}\p{N}])` : ''
  return [...text.matchAll(new RegExp(`${before}${escaped}${after}`, 'giu'))].length
}

function hasCase(text: string, wanted: Constraints['case']): boolean {
  if (wanted === undefined) return true
  return text === (wanted === 'lower' ? text.toLowerCase() : text.toUpperCase()) && /\p{L}/u.test(text)
}
