import { type Axis, type Scale, scaleOf } from './scale.ts'

/** A line, or dots, in a plot. `tone` 0 is the subject and stands out; 1 to 5 are for comparison. */
export type Series = {
  readonly label: string
  readonly shape: 'line' | 'dashes' | 'dots'
  readonly tone: 0 | 1 | 2 | 3 | 4 | 5
  readonly points: readonly (readonly [x: number, y: number])[]
}

export type Plot = {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

const WIDTH = 680
const HEIGHT = 400
const LEFT = 64
const RIGHT = 224
const TOP = 36
const BOTTOM = 48

// Read on a light and on a dark page: an image follows the reader's choice by itself.
const STYLE = `
text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:14px;font-weight:600}
.grid{stroke:#8884;stroke-width:1}.axis{stroke:#888;stroke-width:1}
.line{fill:none;stroke-width:1.6}.dashes{fill:none;stroke-width:1.6;stroke-dasharray:5 4}
.t0{stroke:#c2255c;stroke-width:2.6}.t1{stroke:#1971c2}.t2{stroke:#2b8a3e}.t3{stroke:#e67700}.t4{stroke:#6741d9}.t5{stroke:#868e96}
.d0{fill:#c2255c}.d1{fill:#1971c2}.d2{fill:#2b8a3e}.d3{fill:#e67700}.d4{fill:#6741d9}.d5{fill:#868e96}
@media (prefers-color-scheme:dark){text{fill:#ddd}
.t0{stroke:#ff8fab}.t1{stroke:#74c0fc}.t2{stroke:#8ce99a}.t3{stroke:#ffc078}.t4{stroke:#b197fc}.t5{stroke:#adb5bd}
.d0{fill:#ff8fab}.d1{fill:#74c0fc}.d2{fill:#8ce99a}.d3{fill:#ffc078}.d4{fill:#b197fc}.d5{fill:#adb5bd}}`

/** A plot as an SVG file: the same text for the same plot. */
export function drawPlot({ title, x, y, series }: Plot): string {
  const across = scaleOf(x, valuesOf(series, 0), LEFT, WIDTH - RIGHT)
  const up = scaleOf(y, valuesOf(series, 1), HEIGHT - BOTTOM, TOP)
  const parts = [
    `<text class="title" x="${LEFT}" y="22">${escapeText(title)}</text>`,
    ...across.ticks.flatMap((value) => [
      line('grid', [at(across, value), TOP], [at(across, value), HEIGHT - BOTTOM]),
      label(x.format(value), at(across, value), HEIGHT - BOTTOM + 18, 'middle'),
    ]),
    ...up.ticks.flatMap((value) => [
      line('grid', [LEFT, at(up, value)], [WIDTH - RIGHT, at(up, value)]),
      label(y.format(value), LEFT - 8, at(up, value) + 4, 'end'),
    ]),
    line('axis', [LEFT, HEIGHT - BOTTOM], [WIDTH - RIGHT, HEIGHT - BOTTOM]),
    line('axis', [LEFT, TOP], [LEFT, HEIGHT - BOTTOM]),
    label(x.label, (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, 'middle'),
    `<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeText(y.label)}</text>`,
    ...series.map((one) => drawSeries(one, across, up)),
    ...series.flatMap((one, index) => legend(one, TOP + 10 + 20 * index)),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeText(title)}">\n<style>${STYLE}</style>\n${parts.join('\n')}\n</svg>\n`
}

function valuesOf(series: readonly Series[], place: 0 | 1): number[] {
  return series.flatMap(({ points }) => points.map((point) => point[place]))
}

function at(scale: Scale, value: number): number {
  return Math.round(scale.of(value) * 10) / 10
}

function drawSeries({ shape, tone, points }: Series, across: Scale, up: Scale): string {
  const places = points.map(([px, py]) => [at(across, px), at(up, py)] as const)
  if (shape !== 'dots')
    return `<polyline class="${shape} t${tone}" points="${places.map((one) => one.join()).join(' ')}"/>`
  return places.map(([px, py]) => `<circle class="d${tone}" cx="${px}" cy="${py}" r="3.5"/>`).join('\n')
}

function legend({ label: name, shape, tone }: Series, y: number): string[] {
  const x = WIDTH - RIGHT + 12
  const sign =
    shape === 'dots'
      ? `<circle class="d${tone}" cx="${x + 10}" cy="${y}" r="3.5"/>`
      : `<polyline class="${shape} t${tone}" points="${x},${y} ${x + 20},${y}"/>`
  return [sign, label(name, x + 28, y + 4, 'start')]
}

function line(name: string, [x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]): string {
  return `<line class="${name}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`
}

function label(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeText(text)}</text>`
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
