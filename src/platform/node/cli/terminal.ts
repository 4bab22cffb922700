import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

const USUAL_COLUMNS = 80
const MOST_COLUMNS = 120

/** Colours text for `stream`; leaves it alone where it is no terminal or NO_COLOR is set. */
export function createPaint(stream: NodeJS.WriteStream): Paint {
  const isPlain = !stream.isTTY || (process.env['NO_COLOR'] ?? '') !== ''
  return (style, text) => (isPlain ? text : styleText(style, text, { validateStream: false }))
}

/** Characters to a line of `stream`: the terminal's, or 80 where there is none. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return Math.min(stream.columns || USUAL_COLUMNS, MOST_COLUMNS)
}

/** Rows as aligned columns, two spaces apart. Numbers stand right: name their columns in `right`. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const shown = rows.map((row) => row.map(printable))
  const widths: number[] = []
  for (const row of shown) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return shown.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}

/** Text in at most `width` characters; the middle goes: names differ at their ends. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text
  const kept = Math.max(width - 1, 2)
  return `${text.slice(0, Math.floor(kept / 2))}…${text.slice(text.length - Math.ceil(kept / 2))}`
}

/** A labelled list over as many lines as it takes: none longer than `width` unless a single piece is. */
export function wrap(label: string, pieces: readonly string[], separator: string, width: number): string[] {
  const indent = ' '.repeat(label.length)
  const lines: string[] = []
  let line = label
  for (const [index, piece] of pieces.map(printable).entries()) {
    const text = index === pieces.length - 1 ? piece : piece + separator
    if (line.trimEnd().length > indent.length && (line + text).trimEnd().length > width) {
      lines.push(line.trimEnd())
      line = indent
    }
    line += text
  }
  return [...lines, line.trimEnd()]
}

/** Names come from configuration and from other servers: control characters in them do not reach the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�')
}
