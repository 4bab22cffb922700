import { createWordTable, HASH_START, hashUnit } from './word-table.ts'

/** Token ids of a text as BERT's uncased tokenizer gives them. */
export type WordPiece = {
  /** Ids with `[CLS]` and `[SEP]`; a text over the limit keeps its head and its tail. */
  encode(text: string): WordPieceIds
}

export type WordPieceIds = { readonly ids: readonly number[]; readonly truncated: boolean }

export type WordPieceLimits = {
  /** Longest result, `[CLS]` and `[SEP]` included. */
  readonly maxTokens: number
  /** Of those, the tokens kept from the head when the text is too long; the rest are its tail. */
  readonly headTokens: number
  /** Longest text that is read whole, in UTF-16 units. Cutting first keeps a megabyte from costing a megabyte's time. */
  readonly maxUnits: number
  readonly headUnits: number
}

const MAX_WORD_POINTS = 100
const MAX_CACHED_WORDS = 16_384
// Longer words are rare and would let a caller fill the cache with text of its choice.
const MAX_CACHED_UNITS = 24

const SPECIAL = /(\[(?:PAD|UNK|CLS|SEP|MASK)\])/
// What the reference drops (control, format, unassigned and private-use characters), tab and line ends excepted.
const DROPPED = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\uFFFD]/gu
const IDEOGRAPH =
  /[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{F900}-\u{FAFF}\u{2F800}-\u{2FA1F}]/gu
const ACCENT = /\p{Mn}/gu
const WORD = /[\p{P}$+<=>^`|~]|[^\p{P}$+<=>^`|~\s]+/gu

// NUL, the other controls and everything beyond ASCII need the long way; nearly all prompts do not.
const BEYOND_ASCII = /[^\t\n\r\x20-\x7e]/
const [SPACE, PART_OF_WORD, MARK] = [0, 1, 2]
const ASCII_KIND = Uint8Array.from({ length: 0x80 }, (_, unit) => {
  const character = String.fromCharCode(unit)
  if (/\s/.test(character)) return SPACE
  return /[\p{P}$+<=>^`|~]/u.test(character) ? MARK : PART_OF_WORD
})

/** A tokenizer over a vocabulary whose line number is the token's id; exact for BERT uncased. */
export function createWordPiece(vocabulary: readonly string[], limits: WordPieceLimits): WordPiece {
  const idOf = new Map(vocabulary.map((piece, id) => [piece, id]))
  const unknown = idOf.get('[UNK]') ?? 0
  const start = idOf.get('[CLS]') ?? 0
  const end = idOf.get('[SEP]') ?? 0
  const known = createWordTable<readonly number[]>(MAX_CACHED_WORDS)

  /** Adds the ids of the word that stands in `text` from one place to another. */
  function addWord(text: string, from: number, to: number, hash: number, ids: number[]): void {
    let pieces = known.find(text, from, to, hash)
    if (pieces === undefined) {
      const word = text.slice(from, to)
      pieces = splitWord(word, idOf) ?? [unknown]
      if (word.length <= MAX_CACHED_UNITS) known.add(word, hash, pieces)
    }
    // Nearly every word is one piece.
    if (pieces.length === 1) ids.push(pieces[0] ?? unknown)
    else ids.push(...pieces)
  }

  /** As `WORD` reads it, without an expression over Unicode's classes: that took most of the time. */
  function addAsciiWords(text: string, ids: number[]): void {
    let from = 0
    let hash = HASH_START
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      const kind = ASCII_KIND[unit]
      if (kind === PART_OF_WORD) {
        hash = hashUnit(hash, unit)
        continue
      }
      if (from < at) addWord(text, from, at, hash, ids)
      if (kind === MARK) addWord(text, at, at + 1, hashUnit(HASH_START, unit), ids)
      from = at + 1
      hash = HASH_START
    }
    if (from < text.length) addWord(text, from, text.length, hash, ids)
  }

  return {
    encode(text) {
      const read = cutText(text, limits)
      const ids: number[] = [start]
      for (const segment of read.includes('[') ? read.split(SPECIAL) : [read]) {
        const special = SPECIAL.test(segment) ? idOf.get(segment) : undefined
        if (special !== undefined) ids.push(special)
        else if (!BEYOND_ASCII.test(segment)) addAsciiWords(segment.toLowerCase(), ids)
        else for (const word of normalize(segment).match(WORD) ?? []) addWord(word, 0, word.length, hashOf(word), ids)
      }
      ids.push(end)
      if (ids.length <= limits.maxTokens) return { ids, truncated: read !== text }
      const head = ids.slice(0, limits.headTokens + 1)
      return { ids: head.concat(ids.slice(ids.length - (limits.maxTokens - head.length))), truncated: true }
    },
  }
}

function hashOf(word: string): number {
  let hash = HASH_START
  for (let at = 0; at < word.length; at += 1) hash = hashUnit(hash, word.charCodeAt(at))
  return hash
}

/** The head and tail of a long text, never cut through a surrogate pair. */
function cutText(text: string, limits: WordPieceLimits): string {
  if (text.length <= limits.maxUnits) return text
  let head = limits.headUnits
  let tail = text.length - (limits.maxUnits - limits.headUnits)
  if (isHighSurrogate(text.charCodeAt(head - 1))) head -= 1
  if (isLowSurrogate(text.charCodeAt(tail))) tail += 1
  return `${text.slice(0, head)}\n${text.slice(tail)}`
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000
}

function normalize(text: string): string {
  const spaced = text.replace(DROPPED, '').replace(IDEOGRAPH, ' $& ')
  // The reference lowers character by character: a capital sigma at a word's end stays a plain sigma.
  return spaced.normalize('NFD').replace(ACCENT, '').replaceAll('Σ', 'σ').toLowerCase()
}

/** The longest known pieces from left to right, or `undefined` when some part is not in the vocabulary. */
function splitWord(word: string, idOf: ReadonlyMap<string, number>): number[] | undefined {
  if (word.length > MAX_WORD_POINTS && [...word].length > MAX_WORD_POINTS) return undefined
  const ids: number[] = []
  let from = 0
  while (from < word.length) {
    let to = word.length
    let id: number | undefined
    while (to > from) {
      const piece = word.slice(from, to)
      id = idOf.get(from === 0 ? piece : `##${piece}`)
      if (id !== undefined) break
      to -= 1
    }
    if (id === undefined) return undefined
    ids.push(id)
    from = to
  }
  return ids
}
