/** What was taken out of a request, and the placeholder that stands for each: the same for the same. */
export type RedactionBook = {
  /** `[EMAIL_1]`. `isCallers`: the caller said it himself, and may have it back. */
  placeholder(kind: string, original: string, isCallers: boolean): string
  /**
   * The same where somebody is named to whoever keeps accounts or sessions: two callers never share a name, as they would
   * share `[EMAIL_1]`, and each keeps his from call to call. Eight digits of a hash, and so no secret from who can guess.
   */
  pseudonym(kind: string, original: string): string
  /** The turns before this one are kept elsewhere, by this name: what stood for something in them stands for nothing here. */
  goesOnFrom(id: string): void
  /** `text` with the originals of its placeholders; `at`: where in `text` one stands. */
  restore(text: string, write: (original: string, at: number) => string): string
  /** Where in `text` a placeholder may begin whose end is not there yet; the length of the text where none does. */
  settled(text: string): number
  /** What a text says as a placeholder stands for nothing else from here on. */
  saw(text: string): void
  isEmpty(): boolean
}

const MOST_CHARACTERS = 32
// Models write names in small letters too.
const PLACEHOLDER = /\[[A-Z_]{1,20}_[0-9]{1,9}\]/gi
const BEGINNING = /^\[(?:[A-Z_]{0,21}|[A-Z_]{1,21}[0-9]{0,9})$/i

export function createRedactionBook(): RedactionBook {
  const taken = new Set<string>()
  const placeholders = new Map<string, string>()
  const originals = new Map<string, string>()
  const counts = new Map<string, number>()
  let first = 0

  function unused(kind: string): string {
    const name = kind.toUpperCase()
    for (;;) {
      const count = (counts.get(kind) ?? first) + 1
      counts.set(kind, count)
      const placeholder = `[${name}_${count}]`
      if (!taken.has(placeholder)) return placeholder
    }
  }

  return {
    placeholder(kind, original, isCallers) {
      const key = `${kind} ${original}`
      const known = placeholders.get(key)
      if (known !== undefined) return known
      const placeholder = unused(kind)
      placeholders.set(key, placeholder)
      if (isCallers) originals.set(placeholder, original)
      return placeholder
    },
    pseudonym: (kind, original) => `[${kind.toUpperCase()}_${eightDigits(original)}]`,
    goesOnFrom(id) {
      first = eightDigits(id)
    },
    restore(text, write) {
      if (originals.size === 0 || !text.includes('[')) return text
      return text.replaceAll(PLACEHOLDER, (placeholder, at: number) => {
        const original = originals.get(placeholder.toUpperCase())
        return original === undefined ? placeholder : write(original, at)
      })
    },
    settled(text) {
      const open = text.lastIndexOf('[')
      if (open < 0 || text.length - open > MOST_CHARACTERS) return text.length
      return BEGINNING.test(text.slice(open)) ? open : text.length
    },
    saw(text) {
      if (!text.includes('[')) return
      for (const [placeholder] of text.matchAll(PLACEHOLDER)) taken.add(placeholder.toUpperCase())
    },
    isEmpty: () => originals.size === 0,
  }
}

/** FNV-1a over UTF-16 units. */
function eightDigits(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return 10_000_000 + ((hash >>> 0) % 90_000_000)
}
