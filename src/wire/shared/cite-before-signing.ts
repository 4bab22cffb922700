import type { StreamPart } from '../../core/stream-part.ts'

/** Parts with the signature of a text after what is cited for that text: it closes the text where blocks are written. */
export function createCiteFirst(): (part: StreamPart) => StreamPart[] {
  let held: StreamPart | undefined
  return (part) => {
    if (held !== undefined && (part.type === 'citation' || part.type === 'usage')) return [part]
    const before = held === undefined ? [] : [held]
    held = part.type === 'text-signature' ? part : undefined
    return held === undefined ? [...before, part] : before
  }
}
