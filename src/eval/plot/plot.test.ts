import { expect, test } from 'vitest'
import type { MethodResult } from '../over-seeds.ts'
import { deferralChart, qualityCostChart, reliabilityChart } from './charts.ts'
import { drawPlot } from './plot.ts'

const share = { format: (value: number) => value.toFixed(1) }

test('points stand where their values are, and names cannot break the file', () => {
  const svg = drawPlot({
    title: 'a < b & "c"',
    x: { label: 'x', range: [0, 1], ...share },
    y: { label: 'y', range: [0, 1], ...share },
    series: [
      {
        label: '<script>',
        shape: 'line',
        tone: 0,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
  })
  // From the lower left to the upper right corner.
  expect(svg).toContain('points="64,352 456,36"')
  expect(svg).not.toContain('<script>')
  expect(svg).toContain('prefers-color-scheme:dark')
})

test('a logarithmic axis puts powers of ten at even distances', () => {
  const svg = drawPlot({
    title: '',
    x: { label: '', range: [1, 100], isLog: true, ...share },
    y: { label: '', range: [0, 1], ...share },
    series: [{ label: '', shape: 'dots', tone: 1, points: [[10, 0.5]] }],
  })
  expect(svg).toContain('cx="260" cy="194"')
})

const method = (id: string, more: Partial<MethodResult> = {}): MethodResult => ({
  id,
  figures: {},
  ci: {},
  curve: [],
  bins: [],
  deferral: [],
  datasets: {},
  aurocs: {},
  withoutCi: [],
  ...more,
})

test('charts are drawn of what there is, and left out where there is nothing', () => {
  const curve = [
    { cost: 2, quality: 0.6 },
    { cost: 1, quality: 0.5 },
    { cost: 2, quality: 0.6 },
  ]
  const methods = [
    method('zero-router', { curve }),
    method('mine', {
      curve,
      bins: [{ said: 0.5, seen: 0.4, share: 1 }],
      deferral: [
        { calls: 0, quality: 0.5 },
        { calls: 1, quality: 0.6 },
      ],
    }),
  ]
  expect(qualityCostChart('set', methods, ['mine'])[0]).toContain('single models')
  expect(reliabilityChart('set', methods, ['mine'])[0]).toContain('>mine<')
  expect(deferralChart('set', methods, ['mine'])[0]).toContain('>random<')
  expect(qualityCostChart('set', [method('mine')], ['mine'])).toEqual([])
  const free = { curve: curve.map(({ quality }) => ({ cost: 0, quality })) }
  expect(qualityCostChart('set', [method('zero-router', free), method('mine', free)], ['mine'])).toEqual([])
  expect(reliabilityChart('set', [method('mine')], ['mine'])).toEqual([])
  expect(deferralChart('set', [method('mine')], ['mine'])).toEqual([])
})
