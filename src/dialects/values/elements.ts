import { table } from '../../core/table.ts'

/** An element of a text that is nearly XML. Attributes are not kept. */
export type Element = { readonly name: string; readonly inner: string; readonly isClosed: boolean }

/** The elements of a text, and whether anything but white space stands between them. */
export type Elements = { readonly elements: readonly Element[]; readonly hasText: boolean }

const OPEN = /<([\w.:-]+)((?:\s+[\w:.-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>/]+))?)*)\s*(\/?)>/g
/** More are not looked for: who gets so many has not got all. */
export const MAX_ELEMENTS = 4096

/**
 * The outermost elements of a text. `isText` says whose content is text whatever it looks like: such ends at the first end
 * tag behind which the outer element can go on. What lacks its end tag ends at the next tag; stray end tags are skipped.
 */
export function elementsIn(text: string, isText: (name: string) => boolean): Elements {
  const elements: Element[] = []
  // Names without an end tag in what follows: they are many where there is one.
  const endless = new Set<string>()
  let hasText = false
  let at = 0
  while (elements.length < MAX_ELEMENTS) {
    OPEN.lastIndex = at
    const open = OPEN.exec(text)
    if (open === null) break
    const [tag, name = '', , slash] = open
    if (isProse(text.slice(at, open.index))) hasText = true
    const start = open.index + tag.length
    if (slash === '/') {
      elements.push({ name, inner: '', isClosed: true })
      at = start
      continue
    }
    const find = isText(name) ? endOfText : endOfElement
    const end = endless.has(name) ? undefined : find(text, start, name)
    if (end === undefined) {
      if (isText(name)) endless.add(name)
      const next = text.indexOf('<', start)
      at = next < 0 ? text.length : next
      elements.push({ name, inner: text.slice(start, at), isClosed: false })
    } else {
      elements.push({ name, inner: text.slice(start, end.from), isClosed: true })
      at = end.to
    }
  }
  return { elements, hasText: hasText || isProse(text.slice(at)) }
}

type End = { readonly from: number; readonly to: number }

/** Stray end tags and comments are none. */
function isProse(between: string): boolean {
  return (
    without(between, '<!--', '-->')
      .replace(/<\/\s*[\w.:-]+\s*>/g, '')
      .trim() !== ''
  )
}

/** A text without its stretches between two marks; the last may lack its end and stays then. */
export function without(text: string, open: string, close: string): string {
  const kept: string[] = []
  let at = 0
  for (let from = text.indexOf(open); from >= 0; from = text.indexOf(open, at)) {
    const to = text.indexOf(close, from + open.length)
    if (to < 0) break
    kept.push(text.slice(at, from))
    at = to + close.length
  }
  return kept.join('') + text.slice(at)
}

function endOfText(text: string, start: number, name: string): End | undefined {
  let last: End | undefined
  for (const end of endsOf(text, start, name)) {
    last = end
    if (/^\s*(?:<|$)/.test(text.slice(end.to, end.to + 256))) return end
  }
  return last
}

/** Past elements of the same name within it. */
function endOfElement(text: string, start: number, name: string): End | undefined {
  let depth = 1
  let at = start
  for (const end of endsOf(text, start, name)) {
    depth += countOpens(text.slice(at, end.from), name) - 1
    if (depth <= 0) return end
    at = end.to
  }
  return undefined
}

function countOpens(text: string, name: string): number {
  return text.match(new RegExp(`<${escaped(name)}(?:\\s[^<>]*)?(?<!/)>`, 'g'))?.length ?? 0
}

/** The end tags of a name, but for those in CDATA. */
function* endsOf(text: string, start: number, name: string): Generator<End> {
  const pattern = new RegExp(`<!\\[CDATA\\[|<\\/\\s*${escaped(name)}\\s*>`, 'g')
  pattern.lastIndex = start
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    if (!found[0].startsWith('<!')) yield { from: found.index, to: pattern.lastIndex }
    else {
      const end = text.indexOf(']]>', pattern.lastIndex)
      if (end < 0) return
      pattern.lastIndex = end
    }
  }
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&')
}

const ENTITIES = table<string>({ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" })

/** Text with the entities of XML decoded, once. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([\da-fA-F]{1,6}));/g, (whole, named, decimal, hex) => {
    if (named !== undefined) return ENTITIES[String(named)] ?? whole
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000) ? String.fromCodePoint(code) : whole
  })
}
