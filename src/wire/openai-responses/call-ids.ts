import type { Message } from '../../core/request.ts'

const MAX_LENGTH = 64
const FIT = /^[A-Za-z0-9_-]+$/

/**
 * Ids of calls as this format takes them: at most 64 characters. One that fits stays; another becomes a hash of itself,
 * the same in every turn, so that a call and its output still belong together.
 */
export function callIds(messages: readonly Message[]): (id: string) => string {
  const known = new Map<string, string>()
  const taken = new Set<string>()
  const said = messages.flatMap(({ content }) =>
    content.flatMap((part) =>
      part.type === 'tool-call' ? [part.id] : part.type === 'tool-result' ? [part.callId] : [],
    ),
  )
  for (const id of said) if (fits(id)) taken.add(id)
  return (id) => {
    if (fits(id)) return id
    const mapped = known.get(id) ?? free(id, taken)
    known.set(id, mapped)
    taken.add(mapped)
    return mapped
  }
}

function fits(id: string): boolean {
  return id.length <= MAX_LENGTH && FIT.test(id)
}

function free(id: string, taken: ReadonlySet<string>): string {
  for (let salt = 0; ; salt += 1) {
    const candidate = `call_${hash(id, salt)}${hash(id, salt + 0x9e37)}`
    if (!taken.has(candidate)) return candidate
  }
}

/** FNV-1a, 32 bits, over UTF-16 units. */
function hash(text: string, salt: number): string {
  let value = (0x811c9dc5 ^ salt) >>> 0
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0
  }
  return value.toString(36).padStart(7, '0')
}
