import { createWordPiece, type WordPieceLimits } from '#core/word-piece.ts'

/** `weights/table.json`: a row of small whole numbers for each word of the vocabulary, and what makes embeddings of them. */
export type Table = {
  readonly limits: WordPieceLimits
  readonly dims: number
  /** `dims` characters a word, each one number (`ALPHABET`). */
  readonly rows: string
  /** For each dimension of the embedding, its weights over the rows' and its bias. */
  readonly projection: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/** Printable ASCII without the two characters that JSON escapes: its middle is 0, its first −46, its last 46. */
const ALPHABET = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCharCode(0x20 + index))
  .filter((character) => character !== '"' && character !== '\\')
  .join('')
const MIDDLE = (ALPHABET.length - 1) / 2
const LANE_BITS = 16
const LANE_MASK = 0xffff

/** The mean of a text's rows. */
export type Pooled = { readonly pooled: Float32Array; readonly truncated: boolean }

/** Reads texts by their words' rows. Sums of whole numbers are exact, so no two JavaScript engines can differ. */
export function createTableReader(table: Table, vocabulary: readonly string[]): (text: string) => Pooled {
  const { limits, dims } = table
  if (dims % 16 !== 0 || table.rows.length !== vocabulary.length * dims) {
    throw new Error(
      `weights/table.json holds ${table.rows.length} numbers for ${vocabulary.length} words of ${dims}. Run routers/static/train/run.sh.`,
    )
  }
  if (limits.maxTokens * (ALPHABET.length - 1) > LANE_MASK) {
    throw new Error(`weights/table.json reads ${limits.maxTokens} tokens: sums of so many would not fit 16 bits.`)
  }
  const width = dims / 2
  const packed = pack(table.rows, width)
  const tokenizer = createWordPiece(vocabulary, limits)
  const sums = new Int32Array(width)

  return (text) => {
    const { ids, truncated } = tokenizer.encode(text)
    const pooled = new Float32Array(dims)
    const words = ids.length - FRAME
    sumRows(packed, ids, sums)
    const zero = MIDDLE * words
    const share = 1 / Math.max(words, 1)
    for (let column = 0; column < width; column += 1) {
      const sum = sums[column] ?? 0
      pooled[column] = ((sum & LANE_MASK) - zero) * share
      pooled[width + column] = ((sum >>> LANE_BITS) - zero) * share
    }
    return { pooled, truncated }
  }
}

// `[CLS]` and `[SEP]` stand in every text and say nothing.
const FRAME = 2

/** The numbers of one half of a row in the low 16 bits, of the other in the high ones: one addition adds two. */
function pack(rows: string, width: number): Int32Array {
  const values = new Uint8Array(0x80)
  for (let index = 0; index < ALPHABET.length; index += 1) values[ALPHABET.charCodeAt(index)] = index
  const packed = new Int32Array(rows.length / 2)
  let from = 0
  for (let at = 0; at < packed.length; at += width) {
    for (let column = 0; column < width; column += 1) {
      const low = values[rows.charCodeAt(from + column)] ?? 0
      const high = values[rows.charCodeAt(from + width + column)] ?? 0
      packed[at + column] = low | (high << LANE_BITS)
    }
    from += 2 * width
  }
  return packed
}

/** Eight columns at a time, so that their sums stay in registers: storing each of them took more than adding. */
function sumRows(packed: Int32Array, ids: readonly number[], sums: Int32Array): void {
  const width = sums.length
  const end = ids.length - 1
  for (let column = 0; column < width; column += 8) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let e = 0
    let f = 0
    let g = 0
    let h = 0
    for (let index = 1; index < end; index += 1) {
      const at = (ids[index] ?? 0) * width + column
      a = (a + (packed[at] ?? 0)) | 0
      b = (b + (packed[at + 1] ?? 0)) | 0
      c = (c + (packed[at + 2] ?? 0)) | 0
      d = (d + (packed[at + 3] ?? 0)) | 0
      e = (e + (packed[at + 4] ?? 0)) | 0
      f = (f + (packed[at + 5] ?? 0)) | 0
      g = (g + (packed[at + 6] ?? 0)) | 0
      h = (h + (packed[at + 7] ?? 0)) | 0
    }
    sums[column] = a
    sums[column + 1] = b
    sums[column + 2] = c
    sums[column + 3] = d
    sums[column + 4] = e
    sums[column + 5] = f
    sums[column + 6] = g
    sums[column + 7] = h
  }
}
