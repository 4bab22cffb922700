const SENTENCES = [
  'This is a simulated answer: no language model wrote it.',
  'The Thalamus simulator stands in for a provider, so that routing, streaming and failure can be tried without a key.',
  'Its words are always the same, its timing and its faults are chosen by the name of the model.',
  'Each of these small pieces counts as one token in the usage that it reports.',
  'Configure a real provider to read something that knows about your question.',
]

// Two, three and four bytes a character, so that bytes sent one by one split characters as well as frames.
const WIDE_SENTENCES = ['Simulated, byte by byte: naïve café, Überraschung, Ελληνικά, 模擬的答案, 🙂🚀, ½ € „so“.']

const THOUGHTS = [
  'The request asks for an answer, and no model is here to find one.',
  'So the fixed text will do, after as many of these words as were asked for.',
]

const WORDS = wordsOf(SENTENCES)
const WIDE_WORDS = wordsOf(WIDE_SENTENCES)
const THOUGHT_WORDS = wordsOf(THOUGHTS)
const HUGE_TOKEN_LENGTH = 4_096
const MAX_CACHED = 64

/** One token of a `huge` answer: 4 kB of text. */
export const HUGE_TOKEN = fill(WORDS, HUGE_TOKEN_LENGTH)

const cache = new Map<number, readonly string[]>()

/** `count` tokens of the simulated text. Another variant begins at another sentence. */
export function textTokens(count: number, variant: number): readonly string[] {
  if (variant !== 0) return listTokens(WORDS, count, variant)
  const known = cache.get(count)
  if (known !== undefined) return known
  const tokens = listTokens(WORDS, count, 0)
  if (cache.size < MAX_CACHED) cache.set(count, tokens)
  return tokens
}

/** `count` tokens of what stands for reasoning. */
export function reasoningTokens(count: number): readonly string[] {
  return listTokens(THOUGHT_WORDS, count, 0)
}

/** The simulated text with characters of several bytes. */
export function wideTokens(count: number): readonly string[] {
  return listTokens(WIDE_WORDS, count, 0)
}

/** The simulated text, over and over. */
export function* endlessTokens(): Generator<string> {
  for (let index = 0; ; index += 1) yield tokenAt(WORDS, index)
}

/** Any text in pieces of up to four characters, never through a surrogate pair. */
export function splitTokens(text: string): string[] {
  return text.match(/[\s\S]{1,4}/gu) ?? []
}

function wordsOf(sentences: readonly string[]): readonly string[] {
  return sentences.join(' ').split(' ')
}

function listTokens(words: readonly string[], count: number, variant: number): string[] {
  const tokens = Array.from({ length: count }, (_, index) => tokenAt(words, index + variant * 10))
  if (tokens[0] !== undefined) tokens[0] = tokens[0].trimStart()
  return tokens
}

function tokenAt(words: readonly string[], index: number): string {
  const word = words[index % words.length] ?? ''
  return index === 0 ? word : ` ${word}`
}

function fill(words: readonly string[], length: number): string {
  const text = ` ${words.join(' ')}`
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}
