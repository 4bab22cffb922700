import { hull, type Point, reached } from '../curve.ts'
import { drawPlot, type Plot, type Series } from './plot.ts'
import type { Axis } from './scale.ts'
import type { Layer } from './terminal-plot.ts'

/** A sweep of the cost weight, with what it is to be compared with. */
export type ParetoPoints = {
  readonly sweep: readonly Point[]
  readonly singles: readonly Point[]
  readonly oracle: Point
  /** Presets by name. */
  readonly presets: ReadonlyMap<string, Point>
}

const HULL_STEPS = 60

/** The sweep as an SVG file. */
export function paretoChart(title: string, points: ParetoPoints): string {
  const { sweep, singles, oracle, presets } = points
  const tones = [1, 3, 4] as const
  const series: Series[] = [
    { label: 'zero-router hull', shape: 'dashes', tone: 5, points: mixtures(singles) },
    { label: 'single models', shape: 'dots', tone: 5, points: places(singles) },
    { label: 'oracle', shape: 'dots', tone: 2, points: places([oracle]) },
    { label: 'swept cost weight', shape: 'line', tone: 0, points: places(sweep) },
    ...[...presets].map(([label, point], index) => ({
      label,
      shape: 'dots' as const,
      tone: tones[index % tones.length] ?? 1,
      points: places([point]),
    })),
  ]
  return drawPlot({ title, ...axesOf(points), series })
}

/** The same as layers of a plot in characters; presets are numbered from 1. */
export function paretoLayers({ sweep, singles, oracle, presets }: ParetoPoints): Layer[] {
  return [
    { label: 'zero-router hull', shape: 'trail', glyph: '·', style: 'gray', points: mixtures(singles) },
    { label: 'swept cost weight', shape: 'line', glyph: '⠒', style: 'magenta', points: places(sweep) },
    { label: 'single models', shape: 'marks', glyph: '○', style: 'cyan', points: places(singles) },
    { label: 'oracle', shape: 'marks', glyph: '◆', style: 'green', points: places([oracle]) },
    ...[...presets].map(([label, point], index) => ({
      label,
      shape: 'marks' as const,
      glyph: String(index + 1),
      style: 'yellow',
      points: places([point]),
    })),
  ]
}

/** Cost on a logarithmic axis, unless something is free. */
export function axesOf({
  sweep,
  singles,
  oracle,
  presets,
}: ParetoPoints): Pick<Plot, 'x' | 'y'> & { x: Axis; y: Axis } {
  const isLog = [...sweep, ...singles, oracle, ...presets.values()].every(({ cost }) => cost > 0)
  return {
    x: {
      label: isLog ? 'USD a call, logarithmic' : 'USD a call',
      isLog,
      format: (value) => `$${Number(value.toPrecision(1))}`,
    },
    y: { label: 'quality', format: (value) => value.toFixed(2) },
  }
}

/** What mixing single models at random reaches: straight in money, and so a curve on a logarithmic axis. */
function mixtures(singles: readonly Point[]): (readonly [number, number])[] {
  const kept = hull(singles)
  return kept.flatMap(({ cost, quality }, index) => {
    const before = kept[index - 1]
    if (before === undefined) return [[cost, quality] as const]
    return Array.from({ length: HULL_STEPS }, (_, step) => {
      const share = (step + 1) / HULL_STEPS
      const at =
        before.cost > 0 ? before.cost * (cost / before.cost) ** share : before.cost + (cost - before.cost) * share
      const between = Math.min(at, cost)
      return [between, reached(kept, between)] as const
    })
  })
}

function places(points: readonly Point[]): (readonly [number, number])[] {
  return points.map(({ cost, quality }) => [cost, quality] as const)
}
