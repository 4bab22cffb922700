const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BASE = BigInt(ALPHABET.length)

/**
 * `length` characters of [0-9A-Za-z] that stand for a text: the same for the same text, at once and everywhere. Two
 * rounds of cyrb53 (public domain, https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js), 106 bits; no
 * defence against anybody who wants a collision. At most 17 characters.
 */
export function shortHash(text: string, length: number): string {
  let rest = (BigInt(cyrb53(text, 0)) << 53n) | BigInt(cyrb53(text, 1))
  let hash = ''
  for (let index = 0; index < length; index += 1) {
    hash += ALPHABET[Number(rest % BASE)]
    rest /= BASE
  }
  return hash
}

/** A figure from 0 up to 1 that stands for a text, spread evenly over texts. */
export function fraction(text: string): number {
  return cyrb53(text, 0) / 2 ** 53
}

function cyrb53(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 2654435761)
    low = Math.imul(low ^ unit, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
