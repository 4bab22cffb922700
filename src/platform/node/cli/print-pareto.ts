import { hull, type Point, qualityNeutralCost } from '../../../eval/curve.ts'
import { axesOf, type ParetoPoints, paretoLayers } from '../../../eval/plot/pareto-chart.ts'
import { drawInTerminal } from '../../../eval/plot/terminal-plot.ts'
import type { ParetoResult } from './measure-pareto.ts'
import { SEEN_NOTE } from './print-evaluation.ts'
import { columns, createPaint, type Paint, widthOf, wrap } from './terminal.ts'

const PLOT_LINES = 18
// Weights that people write; 0 to one preset's worth each, and beyond.
const SHOWN_WEIGHTS: readonly number[] = [0, 0.5, 1, 2, 4, 8, 16]
const TABLE_NOTE =
  'kept, saved: beside the best single model, with 95 % intervals. cost=N: that weight alone, any band.'
const SHOWN_SHARES = [1, 0.99, 0.95] as const

export type Printed = { readonly wasSeen: boolean; readonly notes: readonly string[] }

/** Prints one set: the plot, what stands to what, and a table of chosen points. */
export function printPareto(result: ParetoResult, { wasSeen, notes }: Printed): void {
  const paint = createPaint(process.stdout)
  const width = widthOf(process.stdout)
  const head = `${result.prompts} prompts, ${result.models.length} models, ${result.method}${wasSeen ? ' *' : ''}`
  const plot = drawInTerminal({
    ...axesOf(pointsOf(result)),
    layers: paretoLayers(pointsOf(result)),
    width,
    height: PLOT_LINES,
    paint: (style, text) => paint(style as Parameters<Paint>[0], text),
  })
  const lines = [
    '',
    `${paint('bold', result.id)}  ${head}`,
    '',
    ...plot,
    '',
    ...sentences(result).flatMap((sentence) => wrap('', sentence.split(' '), ' ', width)),
    '',
    ...table(result, paint),
    ...[TABLE_NOTE, ...(wasSeen ? [SEEN_NOTE] : []), ...notes]
      .flatMap((note) => wrap('', note.split(' '), ' ', width))
      .map((note) => paint('dim', note)),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** What is drawn of a result. */
export function pointsOf({ sweep, singles, oracle, presets }: ParetoResult): ParetoPoints {
  const place = ({ figures: { cost = Number.NaN, quality = Number.NaN } }: ParetoResult['presets'][number]): Point => ({
    cost,
    quality,
  })
  return { sweep, singles, oracle, presets: new Map(presets.map((preset) => [preset.id, place(preset)])) }
}

function sentences({ versus, sweep, singles, bestSingle, sweepResult }: ParetoResult): string[] {
  if (versus === undefined) return ['All models cost the same: there is nothing to trade.']
  const costs = singles.map(({ cost }) => cost)
  const { share, aiq, otherAiq, worst } = versus
  const [low, high] = sweepResult.ci['aiq_gain'] ?? []
  const interval = low === undefined || high === undefined ? '' : ` [${signed(low)}, ${signed(high)}]`
  const neutral = SHOWN_SHARES.map((wanted) => {
    const curve = hull(sweep)
    const isReached = curve.some(({ quality }) => quality >= wanted * bestSingle.quality)
    const cost = qualityNeutralCost(curve, wanted * bestSingle.quality, bestSingle.cost)
    return `${percent(wanted)} of it for ${isReached ? percent(cost) : 'more than 100 %'}`
  })
  return [
    `The sweep is at or above the hull of the single models at ${percent(share)} of the costs from ${usd(Math.min(...costs))} to ${usd(Math.max(...costs))}${
      worst === undefined
        ? '.'
        : `; furthest behind by ${(100 * worst.behind).toFixed(1)} points at ${usd(worst.cost)}.`
    }`,
    `Average quality over these costs (AIQ): ${aiq.toFixed(3)} against ${otherAiq.toFixed(3)}, ${signed(aiq - otherAiq)}${interval}.`,
    ...(bestSingle.cost > 0
      ? [
          `Best single model: ${bestSingle.models.join(', ')}, ${bestSingle.quality.toFixed(3)} at ${usd(bestSingle.cost)} a call. Of the cost, mixing settings: ${neutral.join(', ')}.`,
        ]
      : []),
  ]
}

function table({ presets, sweep, bestSingle }: ParetoResult, paint: Paint): string[] {
  const ofPoint = ({ cost, quality }: Point): string[] => [quality.toFixed(3), usd(cost)]
  const shares = ({ cost, quality }: Point): readonly [kept: string, saved: string] => [
    bestSingle.quality > 0 ? points(quality / bestSingle.quality) : '–',
    bestSingle.cost > 0 ? points(1 - cost / bestSingle.cost) : '–',
  ]
  const rows = [
    ['', 'point', 'quality', 'USD a call', 'kept %', '', 'saved %', ''],
    ...presets.map(({ id, figures, ci }, index) => {
      const point = { cost: figures['cost'] ?? Number.NaN, quality: figures['quality'] ?? Number.NaN }
      const [kept, saved] = shares(point)
      return [String(index + 1), id, ...ofPoint(point), kept, bracket(ci['kept']), saved, bracket(ci['saved'])]
    }),
    ...sweep
      .filter(({ weight }) => SHOWN_WEIGHTS.includes(weight))
      .map((point) => {
        const [kept, saved] = shares(point)
        return ['', `cost=${point.weight}`, ...ofPoint(point), kept, '', saved, '']
      }),
  ]
  const [head = '', ...lines] = columns(rows, [2, 3, 4, 6])
  return [paint('dim', head), ...lines]
}

function bracket(interval: readonly [number, number] | undefined): string {
  return interval === undefined ? '' : `[${interval.map(points).join(', ')}]`
}

function percent(share: number): string {
  return `${points(share).replace(/\.0$/, '')} %`
}

function points(share: number): string {
  return (100 * share).toFixed(1)
}

function usd(cost: number): string {
  return `$${Number(cost.toPrecision(3))}`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}

/** One set as `--json` prints it. */
export function paretoShape(result: ParetoResult, wasSeen: boolean): object {
  const { id, prompts, models, method, sweep, singles, oracle, bestSingle, presets, versus, sweepResult } = result
  return {
    id,
    prompts,
    models,
    router: method,
    seen_in_training: wasSeen,
    best_single: bestSingle,
    singles,
    zero_router_hull: hull(singles).map(({ cost, quality }) => ({ cost, quality })),
    oracle,
    sweep,
    ...(versus === undefined
      ? {}
      : {
          versus_hull: {
            share: versus.share,
            ...(versus.logShare === undefined ? {} : { share_log_cost: versus.logShare }),
            aiq: versus.aiq,
            aiq_hull: versus.otherAiq,
            ...(versus.worst === undefined ? {} : { worst: versus.worst }),
            ci: { aiq_gain: sweepResult.ci['aiq_gain'] },
          },
        }),
    presets: presets.map(({ id: name, figures, ci }) => ({ name, ...figures, ci })),
  }
}
