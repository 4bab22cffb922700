import { endOfValue, skipSpaces } from '../dialects/values/json.ts'

// Edits of valid JSON texts: what is not edited keeps every byte.

const CLOSE_BRACKET = 93
const QUOTE = 34

/** Where a member's or an element's value stands in the text around it; of a member, its name too. */
export type Span = {
  readonly start: number
  readonly end: number
  readonly name?: string
  readonly nameStart: number
  readonly nameEnd: number
}

/** What to do with one span: `text` for its value, `name` for its name; `isRemoved` takes all of it out. */
export type Edit = { readonly text?: string; readonly name?: string; readonly isRemoved?: boolean }

/** The members of an object's text, in order, repeated ones included. */
export function memberSpans(text: string): Span[] {
  const spans: Span[] = []
  let at = skipSpaces(text, text.indexOf('{') + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const nameEnd = endOfValue(text, at)
    const start = skipSpaces(text, skipSpaces(text, nameEnd) + 1)
    const end = endOfValue(text, start)
    spans.push({ name: String(JSON.parse(text.slice(at, nameEnd))), nameStart: at, nameEnd, start, end })
    at = skipSpaces(text, skipSpaces(text, end) + 1)
  }
  return spans
}

/** The elements of a list's text, in order. */
export function elementSpans(text: string): Span[] {
  const spans: Span[] = []
  let at = skipSpaces(text, text.indexOf('[') + 1)
  while (at < text.length && text.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = endOfValue(text, at)
    spans.push({ start: at, end, nameStart: at, nameEnd: at })
    at = skipSpaces(text, skipSpaces(text, end) + 1)
  }
  return spans
}

/** `text` with edits of `spans`, by their places in that list. */
export function withEdits(text: string, spans: readonly Span[], edits: ReadonlyMap<number, Edit>): string {
  const firstKept = spans.findIndex((_, place) => edits.get(place)?.isRemoved !== true)
  const pieces: string[] = []
  let copied = 0
  const replace = (start: number, end: number, by: string): void => {
    pieces.push(text.slice(copied, start), by)
    copied = end
  }
  for (const [place, span] of spans.entries()) {
    const edit = edits.get(place)
    if (edit === undefined) continue
    if (edit.isRemoved === true) {
      // With the comma before it; the first ones with the comma after them.
      const isLeading = firstKept < 0 || place < firstKept
      if (isLeading) replace(span.nameStart, spans[place + 1]?.nameStart ?? span.end, '')
      else replace(spans[place - 1]?.end ?? span.nameStart, span.end, '')
      continue
    }
    if (edit.name !== undefined) replace(span.nameStart, span.nameEnd, JSON.stringify(edit.name))
    if (edit.text !== undefined) replace(span.start, span.end, edit.text)
  }
  return pieces.join('') + text.slice(copied)
}
