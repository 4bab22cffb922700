import { expect, test } from 'vitest'
import { drawInTerminal, type Layer, type TerminalPlot } from './terminal-plot.ts'

const draw = (layers: readonly Layer[], more: Partial<TerminalPlot> = {}): string[] =>
  drawInTerminal({
    x: { label: 'cost', range: [1, 100], isLog: true, format: (value) => `$${value}` },
    y: { label: 'quality', range: [0, 1], format: (value) => value.toFixed(1) },
    layers,
    width: 46,
    height: 11,
    paint: (_, text) => text,
    ...more,
  })

const marks = (glyph: string, points: Layer['points']): Layer => ({
  label: `mark ${glyph}`,
  shape: 'marks',
  glyph,
  style: 'cyan',
  points,
})

test('marks stand where their values are, on a logarithmic axis too', () => {
  const lines = draw([marks('a', [[1, 0]]), marks('b', [[100, 1]]), marks('c', [[10, 0.5]])])
  const [label, ...rows] = lines
  expect(label?.trim()).toBe('quality')
  // Five characters of axis, 41 of plot, the first and the last of which are the ends.
  expect(rows[0]).toBe(`1.0 ┤${' '.repeat(40)}b`)
  expect(rows[10]).toBe('0.0 ┤a')
  expect(rows[5]).toBe(`    │${' '.repeat(20)}c`)
  expect(lines[12]).toContain('└┬')
  expect(lines[13]).toMatch(/\$1 +\$2 +\$5 +\$10 +\$20 +\$50 +\$100$/)
})

test('a line is drawn in fine dots from point to point, and later layers lie above it', () => {
  const lines = draw([
    {
      label: 'a line',
      shape: 'line',
      glyph: '⠒',
      style: 'magenta',
      points: [
        [1, 0],
        [100, 1],
      ],
    },
    marks('x', [[10, 0.5]]),
  ])
  const drawn = lines.slice(1, 12)
  expect(drawn.every((line) => /[\u2801-\u28ff]/.test(line))).toBe(true)
  expect(drawn[5]).toContain('x')
})

test('no line is wider than asked, whatever the legend holds', () => {
  const many = Array.from({ length: 12 }, (_, index) => marks(String(index), [[index + 1, index / 12]]))
  for (const width of [30, 46, 80]) {
    expect(Math.max(...draw(many, { width }).map((line) => [...line].length))).toBeLessThanOrEqual(width)
  }
})

test('every character of a series is painted in its style, and blanks are not', () => {
  const lines = draw([marks('a', [[10, 0.5]])], { paint: (style, text) => `<${style}>${text}</>` })
  expect(lines.join('\n').match(/<cyan>a<\/>/g)).toHaveLength(2)
  expect(lines.join('\n')).not.toMatch(/<cyan> /)
})
