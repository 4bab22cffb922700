import words from './follow-ups.json' with { type: 'json' }

const PHRASES: ReadonlySet<string> = new Set(words.phrases)
const REFERENCES: ReadonlySet<string> = new Set(words.references)
// "Now make it much shorter" is said of the answer before; six words more, and it is a task of its own.
const MOST_WORDS = 5
const MOST_UNITS = 60
const QUESTION = /[?？؟;]\s*$/u

/**
 * True for a turn that says nothing without the one before: `continue`, `yes please`, `commit it`. The words are data
 * (follow-ups.json); a question of its own is never one.
 */
export function isFollowUp(text: string): boolean {
  if (text === '' || text.length > MOST_UNITS || QUESTION.test(text)) return false
  const said = text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}'’-]+/gu, ' ')
    .replaceAll('’', "'")
    .trim()
  if (PHRASES.has(said)) return true
  const spoken = said.split(' ')
  return spoken.length <= MOST_WORDS && spoken.some((word) => REFERENCES.has(word))
}
