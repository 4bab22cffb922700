import patterns from './refusals.json' with { type: 'json' }

/** Characters of an answer that may be a refusal and nothing more; a longer one explains or helps as well. */
export const MOST_CHARACTERS = 400

// Phrases in many languages, at the start of the answer alone: who quotes a refusal later on refuses nothing.
const REFUSAL = new RegExp(`^\\s*(?:${Object.values(patterns).flat().join('|')})`, 'iu')

/**
 * Whether a short answer declines. Conservative: it knows set phrases at the beginning and misses most other ways to say no,
 * because an answer that is taken for a refusal and is none teaches the wrong thing.
 */
export function isRefusal(text: string): boolean {
  if (text.length === 0 || text.length > MOST_CHARACTERS) return false
  return REFUSAL.test(text.replaceAll('’', "'"))
}
