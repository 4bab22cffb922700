import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Colours text for `stream`; leaves it alone where it is no terminal or NO_COLOR is set. */
export function createPaint(stream: NodeJS.WriteStream): (style: Style, text: string) => string {
  const isPlain = !stream.isTTY || (process.env['NO_COLOR'] ?? '') !== ''
  return (style, text) => (isPlain ? text : styleText(style, text, { validateStream: false }))
}

/** Rows as aligned columns, two spaces apart. Numbers stand right: name their columns in `right`. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        right.includes(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
