import { type Axis, type Scale, scaleOf } from './scale.ts'

/** How a series is drawn in characters: a fine line, a trail of single characters, or a mark a point. */
export type Layer = {
  readonly label: string
  readonly shape: 'line' | 'trail' | 'marks'
  /** Of trails and marks; a line is drawn in Braille dots, and this stands for it in the legend. */
  readonly glyph: string
  /** Name of a style, as the painter knows it. */
  readonly style: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export type TerminalPlot = {
  readonly x: Axis
  readonly y: Axis
  /** Later ones lie above earlier ones. */
  readonly layers: readonly Layer[]
  /** Characters, all in all. */
  readonly width: number
  /** Lines of the plot itself. */
  readonly height: number
  readonly paint: (style: string, text: string) => string
}

type Cell = { readonly glyph: string; readonly style: string }

const LABEL_GAP = 2
// A character of Braille holds two dots across and four up; each has its bit.
const DOTS_ACROSS = 2
const DOTS_UP = 4
const BRAILLE = 0x28_00
const BITS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const

/** A plot as lines of text, its axes and a legend included; none longer than `width` characters. */
export function drawInTerminal({ x, y, layers, width, height, paint }: TerminalPlot): string[] {
  const valuesOf = (place: 0 | 1): number[] => layers.flatMap(({ points }) => points.map((point) => point[place]))
  const up = scaleOf(y, valuesOf(1), height * DOTS_UP - 1, 0)
  const names = new Map(up.ticks.map((value) => [rowOf(up, value), y.format(value)]))
  const margin = Math.max(...[...names.values()].map(({ length }) => length)) + LABEL_GAP
  const columns = width - margin
  const across = scaleOf(x, valuesOf(0), 0, columns * DOTS_ACROSS - 1)
  const cells = layers.reduce((drawn, layer) => drawLayer(drawn, layer, across, up), new Map<string, Cell>())
  const rows = Array.from({ length: height }, (_, row) => {
    const name = names.get(row)
    const axis = `${(name ?? '').padStart(margin - LABEL_GAP)} ${name === undefined ? '│' : '┤'}`
    return paint('dim', axis) + textOfRow(cells, row, columns, paint)
  })
  return [
    paint('dim', ' '.repeat(Math.max(margin - y.label.length, 0)) + y.label),
    ...rows,
    ...bottom(across, x, margin, columns).map((line) => paint('dim', line)),
    ...legend(layers, margin, width, paint),
  ]
}

function rowOf(up: Scale, value: number): number {
  return Math.floor(Math.round(up.of(value)) / DOTS_UP)
}

function drawLayer(below: ReadonlyMap<string, Cell>, layer: Layer, across: Scale, up: Scale): Map<string, Cell> {
  const cells = new Map(below)
  const { shape, glyph, style } = layer
  const dots = layer.points.map(([px, py]) => [Math.round(across.of(px)), Math.round(up.of(py))] as const)
  if (shape === 'line') {
    for (const [cell, bits] of lineBits(dots)) cells.set(cell, { glyph: String.fromCodePoint(BRAILLE + bits), style })
    return cells
  }
  const placed = shape === 'trail' ? dotsAlong(dots) : dots
  for (const [dx, dy] of placed) cells.set(cellOf(dx, dy), { glyph, style })
  return cells
}

function cellOf(dx: number, dy: number): string {
  return `${Math.floor(dx / DOTS_ACROSS)} ${Math.floor(dy / DOTS_UP)}`
}

/** The dots of a line by character, as the bits of a Braille character each. */
function lineBits(dots: readonly (readonly [number, number])[]): Map<string, number> {
  const bits = new Map<string, number>()
  for (const [dx, dy] of dotsAlong(dots)) {
    const cell = cellOf(dx, dy)
    bits.set(cell, (bits.get(cell) ?? 0) | (BITS[dx % DOTS_ACROSS === 0 ? 0 : 1][dy % DOTS_UP] ?? 0))
  }
  return bits
}

/** Every dot on the way from one to the next. */
function dotsAlong(dots: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  return dots.flatMap(([toX, toY], index) => {
    const [fromX, fromY] = dots[index - 1] ?? [toX, toY]
    const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1)
    return Array.from({ length: steps }, (_, step) => {
      const share = (step + 1) / steps
      return [Math.round(fromX + share * (toX - fromX)), Math.round(fromY + share * (toY - fromY))] as const
    })
  })
}

function textOfRow(
  cells: ReadonlyMap<string, Cell>,
  row: number,
  columns: number,
  paint: TerminalPlot['paint'],
): string {
  const found = Array.from({ length: columns }, (_, column) => cells.get(`${column} ${row}`))
  const last = found.findLastIndex((cell) => cell !== undefined)
  return found
    .slice(0, last + 1)
    .map((cell) => (cell === undefined ? ' ' : paint(cell.style, cell.glyph)))
    .join('')
}

/** The axis, the values on it as far as they do not touch, and what it is of. */
function bottom(across: Scale, { label, format }: Axis, margin: number, columns: number): string[] {
  const axis = Array.from({ length: columns }, () => '─')
  let names = ''
  for (const value of across.ticks) {
    const column = Math.floor(Math.round(across.of(value)) / DOTS_ACROSS)
    axis[column] = '┬'
    const name = format(value)
    const start = Math.min(Math.max(margin + column - Math.floor(name.length / 2), 0), margin + columns - name.length)
    if (names === '' || start > names.length) names = names.padEnd(start) + name
  }
  const middle = margin + Math.floor((columns - label.length) / 2)
  return [`${' '.repeat(margin - 1)}└${axis.join('')}`, names, ' '.repeat(middle) + label]
}

function legend(layers: readonly Layer[], margin: number, width: number, paint: TerminalPlot['paint']): string[] {
  const lines: { text: string; length: number }[] = []
  for (const { glyph, label, style } of layers) {
    const length = glyph.length + 1 + label.length
    const text = `${paint(style, glyph)} ${label}`
    const last = lines.at(-1)
    if (last === undefined || last.length + LABEL_GAP + length > width) {
      lines.push({ text: ' '.repeat(margin) + text, length: margin + length })
    } else {
      last.text += ' '.repeat(LABEL_GAP) + text
      last.length += LABEL_GAP + length
    }
  }
  return lines.map(({ text }) => text)
}
