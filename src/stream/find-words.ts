/** Whether one of the words stands in `bytes` between `start` and `end`. */
export type WordFinder = (bytes: Uint8Array, start: number, end: number) => boolean

const encoder = new TextEncoder()

/**
 * Looks for words of at most 255 bytes. Looks at one byte in as many as a word has, where it is not near one
 * (Boyer, Moore and Horspool), so that looking over what is passed on costs little.
 */
export function createWordFinder(words: readonly string[]): WordFinder {
  const sought = words.map(seek)
  return (bytes, start, end) => {
    for (const one of sought) if (stands(bytes, start, end, one)) return true
    return false
  }
}

type Sought = {
  readonly bytes: Uint8Array
  /** By a byte, how far the word is moved on when that byte stands under its last one; 0 under the last byte itself. */
  readonly skips: Uint8Array
  /** The same of the last byte, where the word does not stand there. */
  readonly again: number
}

function seek(word: string): Sought {
  const bytes = encoder.encode(word)
  const { length } = bytes
  const skips = new Uint8Array(256).fill(length)
  for (let index = 0; index < length; index += 1) skips[bytes[index] ?? 0] = length - 1 - index
  const before = bytes.lastIndexOf(bytes[length - 1] ?? 0, length - 2)
  return { bytes, skips, again: length - 1 - (length === 1 ? -1 : before) }
}

function stands(text: Uint8Array, start: number, end: number, { bytes, skips, again }: Sought): boolean {
  const last = bytes.length - 1
  for (let at = start + last; at < end; ) {
    const skip = skips[text[at] ?? 0] ?? 1
    if (skip > 0) at += skip
    else if (isAt(text, at - last, bytes)) return true
    else at += again
  }
  return false
}

function isAt(text: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index += 1) if (text[start + index] !== word[index]) return false
  return true
}
