/** FNV-1a over UTF-16 units, 32 bits from `basis` on; no secret depends on it. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function fnv(text: string, basis: number): number {
  let hash = basis >>> 0
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return hash
}

export const OFFSET_BASIS = 0x811c9dc5
