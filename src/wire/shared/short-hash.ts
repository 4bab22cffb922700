/**
 * 13 characters of [0-9a-z] that stand for a text: the same ones every time, others for nearly every other text.
 * FNV-1a in two halves of 32 bits; no secret depends on it. http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function shortHash(text: string): string {
  let first = 0x811c9dc5
  let second = 0xcbf29ce4
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    first = Math.imul(first ^ code, 0x01000193)
    second = Math.imul(second ^ (code + index), 0x01000193)
  }
  const half = (value: number): string => (value >>> 0).toString(36).padStart(7, '0')
  return (half(first) + half(second)).slice(1)
}
