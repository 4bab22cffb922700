/**
 * JSON text as it comes, with spaces where its escapes are, so that a guard does not take the `n` of a line break for a
 * letter; and for each character whether it stands inside of a string.
 */
export type JsonMask = {
  /** `settles`: how much of what was masked is told; an escape that is not whole waits. */
  push(text: string, isEnd: boolean): Masked
}

export type Masked = { readonly raw: string; readonly masked: string; readonly inside: readonly boolean[] }

const HEX = /^[0-9a-fA-F]{0,4}$/

export function createJsonMask(): JsonMask {
  let waiting = ''
  let isInside = false
  return {
    push(text, isEnd) {
      const all = waiting + text
      let masked = ''
      const inside: boolean[] = []
      let index = 0
      while (index < all.length) {
        const length = unitLength(all, index, isInside)
        if (index + length > all.length && !isEnd) break
        const unit = all.slice(index, index + length)
        if (unit === '"') isInside = !isInside
        masked += unit.length === 1 ? unit : ' '.repeat(unit.length)
        for (let count = 0; count < unit.length; count += 1) inside.push(isInside)
        index += unit.length
      }
      waiting = all.slice(index)
      return { raw: all.slice(0, index), masked, inside }
    },
  }
}

function unitLength(text: string, index: number, isInside: boolean): number {
  if (!isInside || text[index] !== '\\') return 1
  return text[index + 1] === 'u' && HEX.test(text.slice(index + 2, index + 6)) ? 6 : 2
}
