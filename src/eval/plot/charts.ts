import { hull } from '../curve.ts'
import type { MethodResult } from '../over-seeds.ts'
import { drawPlot, type Series } from './plot.ts'

const COMPARED = ['subset-table', 'knn-100', 'tfidf-logistic'] as const

/** Quality against cost: curves of the methods, the single models and their hull, the oracle. Nothing without costs, or where every call is free. */
export function qualityCostChart(id: string, methods: readonly MethodResult[], subjects: readonly string[]): string[] {
  const zero = methods.find((method) => method.id === 'zero-router')
  if (zero === undefined) return []
  const curveOf = (name: string): (readonly [number, number])[] =>
    hull(methods.find((method) => method.id === name)?.curve ?? []).map(({ cost, quality }) => [cost, quality] as const)
  const points = zero.curve.slice(1).map(({ cost, quality }) => [cost, quality] as const)
  const series: Series[] = [
    { label: 'single models', shape: 'dots', tone: 5, points },
    { label: 'their hull', shape: 'dashes', tone: 5, points: curveOf('zero-router') },
    { label: 'oracle', shape: 'dots', tone: 2, points: curveOf('oracle') },
    ...COMPARED.map((name, index) => ({
      label: name,
      shape: 'line' as const,
      tone: ([1, 3, 4] as const)[index] ?? 4,
      points: curveOf(name),
    })),
    ...subjects.map((name, index) => subject(name, index, curveOf(name))),
  ]
  // A logarithmic axis has no place for what is free.
  const shown = series.filter((one) => one.points.length > 0 && one.points.every(([cost]) => cost > 0))
  if (shown.length === 0) return []
  const svg = drawPlot({
    title: `${id}: quality and cost`,
    x: { label: 'USD a call', isLog: true, format: (value) => `$${Number(value.toPrecision(1))}` },
    y: { label: 'quality', format: (value) => value.toFixed(2) },
    series: shown,
  })
  return [svg]
}

/** What was predicted against what was seen, in bins. */
export function reliabilityChart(id: string, methods: readonly MethodResult[], subjects: readonly string[]): string[] {
  const shown = methods.filter((method) => subjects.includes(method.id) && method.bins.length > 0)
  if (shown.length === 0) return []
  const share = { range: [0, 1] as const, format: (value: number) => value.toFixed(2) }
  const svg = drawPlot({
    title: `${id}: reliability`,
    x: { label: 'predicted chance of a good answer', ...share },
    y: { label: 'share of good answers', ...share },
    series: [
      {
        label: 'perfect',
        shape: 'dashes',
        tone: 5,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      ...shown.map(({ id: name, bins }, index) =>
        subject(
          name,
          index,
          bins.map(({ said, seen }) => [said, seen] as const),
        ),
      ),
    ],
  })
  return [svg]
}

/** Calls to the stronger of two models against the quality that comes of them. */
export function deferralChart(id: string, methods: readonly MethodResult[], subjects: readonly string[]): string[] {
  const shown = ['prompt-length, untrained', 'knn-100', ...subjects].flatMap(
    (name) => methods.find((method) => method.id === name && method.deferral.length > 1) ?? [],
  )
  const [first] = shown
  if (first === undefined) return []
  const ends = [first.deferral[0], first.deferral.at(-1)].flatMap((end) => (end === undefined ? [] : [end]))
  const svg = drawPlot({
    title: `${id}: calls to the stronger model`,
    x: { label: 'share of calls', range: [0, 1], format: (value) => value.toFixed(2) },
    y: { label: 'quality', format: (value) => value.toFixed(3) },
    series: [
      {
        label: 'random',
        shape: 'dashes',
        tone: 5,
        points: ends.map(({ calls, quality }) => [calls, quality] as const),
      },
      ...shown.map(({ id: name, deferral }) => {
        const points = thinned(deferral).map(({ calls, quality }) => [calls, quality] as const)
        const place = subjects.indexOf(name)
        return place < 0
          ? { label: name, shape: 'line' as const, tone: name.startsWith('knn') ? (1 as const) : (3 as const), points }
          : subject(name, place, points)
      }),
    ],
  })
  return [svg]
}

const MOST_POINTS = 200

/** A curve of thousands of prompts in as many points as can be told apart. */
function thinned<Entry>(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length <= MOST_POINTS) return entries
  return Array.from(
    { length: MOST_POINTS },
    (_, place) => entries.slice(Math.round((place * (entries.length - 1)) / (MOST_POINTS - 1)))[0],
  ).flatMap((entry) => (entry === undefined ? [] : [entry]))
}

function subject(label: string, index: number, points: readonly (readonly [number, number])[]): Series {
  return { label, shape: index === 0 ? 'line' : 'dashes', tone: 0, points }
}
