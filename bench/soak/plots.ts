import type { Series } from '../../src/eval/plot/plot.ts'
import { drawPlot } from '../../src/eval/plot/plot.ts'
import type { Ended } from './traffic.ts'
import type { Sample } from './watch-process.ts'

const BIN_SECONDS = 5
const SECONDS = { label: 'seconds', format: String }

/** Memory, latency and unexplained answers over the time of a run, as SVG by name. */
export function plotsOf(
  samples: readonly Sample[],
  ended: readonly (Ended & { readonly at: number })[],
): (readonly [name: string, svg: string])[] {
  const line = (label: string, tone: Series['tone'], points: Series['points']): Series => ({
    label,
    shape: 'line',
    tone,
    points,
  })
  const bins = Map.groupBy(ended, ({ at }) => Math.floor(at / BIN_SECONDS) * BIN_SECONDS)
  const times = [...bins.keys()].toSorted((left, right) => left - right)
  const latency = (share: number) =>
    times.map((time) => {
      const taken = (bins.get(time) ?? [])
        .filter(({ call }) => call.expected === 'first')
        .map(({ elapsedMs }) => elapsedMs)
        .toSorted((left, right) => left - right)
      return [time, taken[Math.floor(taken.length * share)] ?? 0] as const
    })
  const odd = times.map(
    (time) => [time, (bins.get(time) ?? []).filter(({ outcome }) => outcome !== 'as expected').length] as const,
  )
  const plot = (title: string, unit: string, series: readonly Series[]) =>
    drawPlot({ title, x: SECONDS, y: { ...SECONDS, label: unit }, series })
  return [
    [
      'memory',
      plot('Memory and descriptors', 'MB; count', [
        line(
          'RSS, MB',
          0,
          samples.map(({ seconds, rssMb }) => [seconds, rssMb]),
        ),
        line(
          'descriptors',
          1,
          samples.map(({ seconds, descriptors }) => [seconds, descriptors]),
        ),
      ]),
    ],
    [
      'latency',
      plot('Latency of ordinary calls', 'ms', [line('median', 0, latency(0.5)), line('99 %', 1, latency(0.99))]),
    ],
    ['errors', plot('Answers nobody explains', `in ${BIN_SECONDS} s`, [line('unexplained', 0, odd)])],
  ]
}
