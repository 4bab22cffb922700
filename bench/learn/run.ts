import { parseArgs } from 'node:util'
import type { LoopCall } from './closed-loop.ts'
import { playLoop } from './closed-loop.ts'
import {
  CHANGED_KIND,
  calmScene,
  dropScene,
  firstWhere,
  hiddenScene,
  meanOf,
  shareOf,
  unaskedScene,
  WELL_FROM,
  WORSE_FROM,
  wrongScene,
} from './scenes.ts'

// Does feedback move routing where it should, only there, and back again; and what does exploring cost and find?
// node bench/learn/run.ts [--seeds 10]

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '10' } } })
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1)

const inKind = ({ kind }: LoopCall): boolean => kind === CHANGED_KIND
const between =
  (from: number, to: number) =>
  (one: LoopCall): boolean =>
    one.call >= from && one.call < to
const points = (quality: number): string => (100 * quality).toFixed(2)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN

console.log(
  `\nA model gets worse at one kind of prompt (0.86 ▶ 0.46) at call ${WORSE_FROM} and well again at ${WELL_FROM}; feedback on 5 % of the answers\n`,
)
const drops = await Promise.all(
  seeds.map(async (seed) => {
    const [learned, fixed] = await Promise.all([
      playLoop(dropScene({ seed })),
      playLoop(dropScene({ seed, isLearning: false })),
    ])
    const { calls } = learned
    const changed = calls.filter(inKind)
    const during = changed.filter(between(WORSE_FROM, WELL_FROM))
    const left = firstWhere(during, 'large', (share) => share < 0.5)
    const told = during.filter((one) => one.model === 'large' && one.hasFeedback && one.call < (left?.call ?? 0)).length
    const after = changed.filter(between(WELL_FROM, calls.length))
    const back = firstWhere(after, 'large', (share) => share > 0.8)
    const others = calls.filter((one) => !inKind(one)).filter(between(WORSE_FROM, WELL_FROM))
    const othersFixed = fixed.calls.filter((one) => !inKind(one)).filter(between(WORSE_FROM, WELL_FROM))
    return {
      told,
      callsToLeave: during.filter((one) => one.call < (left?.call ?? 0)).length,
      shareAfter: shareOf(
        during.filter((one) => one.call >= (left?.call ?? 0)),
        'large',
      ),
      othersLost: meanOf(othersFixed, ({ quality }) => quality) - meanOf(others, ({ quality }) => quality),
      daysBack: back === undefined ? Number.POSITIVE_INFINITY : (back.call - WELL_FROM) / 1_000,
      quality: meanOf(during, ({ quality }) => quality),
      qualityFixed: meanOf(fixed.calls.filter(inKind).filter(between(WORSE_FROM, WELL_FROM)), ({ quality }) => quality),
      alarm: learned.alarms.find(({ call, fields }) => call >= WORSE_FROM && fields['model'] === 'large')?.call,
      alarmFixed: fixed.alarms.find(({ call, fields }) => call >= WORSE_FROM && fields['of'] === 'cusum')?.call,
      early: fixed.alarms.filter(({ call }) => call < WORSE_FROM).length,
    }
  }),
)
console.table({
  'rewards on the model until it is left, median': median(drops.map(({ told }) => told)),
  'calls of the kind until it is left, median': median(drops.map(({ callsToLeave }) => callsToLeave)),
  'its share of the kind from then on': percent(meanFrom(drops.map(({ shareAfter }) => shareAfter))),
  'quality lost on the other five kinds, points': points(meanFrom(drops.map(({ othersLost }) => othersLost))),
  'days until it is back, median': median(drops.map(({ daysBack }) => daysBack)).toFixed(1),
  'quality on the kind, learning': points(meanFrom(drops.map(({ quality }) => quality))),
  'quality on the kind, not learning': points(meanFrom(drops.map(({ qualityFixed }) => qualityFixed))),
  'runs with an alarm of drift, learning': drops.filter(({ alarm }) => alarm !== undefined).length,
  'runs with an alarm of drift, not learning': drops.filter(({ alarmFixed }) => alarmFixed !== undefined).length,
  'days until that alarm, median': (
    median(drops.map(({ alarmFixed = Number.POSITIVE_INFINITY }) => alarmFixed - WORSE_FROM)) / 1_000
  ).toFixed(1),
  'false alarms in the four days before, all runs': drops.reduce((sum, { early }) => sum + early, 0),
})

console.log(
  '\nThe router is off by a standard deviation of 5 points a model and kind, as routers are: what learning is worth\n',
)
for (const feedback of [0.01, 0.05, 0.2]) {
  const gains = await Promise.all(
    seeds.map(async (seed) => {
      const scene = wrongScene(seed, { feedback })
      const [run, fixed] = await Promise.all([playLoop(scene), playLoop({ ...scene, isLearning: false })])
      return (
        meanOf(run.calls.slice(-5_000), ({ quality }) => quality) -
        meanOf(fixed.calls.slice(-5_000), ({ quality }) => quality)
      )
    }),
  )
  console.log(
    `feedback on ${percent(feedback)} of the answers: quality +${points(meanFrom(gains))} points in the last 5 of 20 days (worst run ${points(Math.min(...gains))})`,
  )
}

console.log(
  '\nNothing changes: what learning, and then exploring, costs where the router is exactly right (the bound of exploring is its share times band + 3 = 5 points, and its share of the price)\n',
)
for (const explore of [0, 0.02, 0.05]) {
  const runs = await Promise.all(
    seeds.map(
      async (seed) =>
        [await playLoop(calmScene({ seed, explore })), await playLoop(calmScene({ seed, isLearning: false }))] as const,
    ),
  )
  const lost = runs.map(
    ([run, fixed]) => meanOf(fixed.calls, ({ quality }) => quality) - meanOf(run.calls, ({ quality }) => quality),
  )
  const dearer = runs.map(
    ([run, fixed]) => meanOf(run.calls, ({ costUsd }) => costUsd) / meanOf(fixed.calls, ({ costUsd }) => costUsd) - 1,
  )
  const explored = runs.map(([run]) => meanOf(run.calls, ({ isExplored }) => Number(isExplored)))
  console.log(
    `explore ${explore}: explored ${percent(meanFrom(explored))}, quality −${points(meanFrom(lost))} points, cost ${percent(meanFrom(dearer))}`,
  )
}

console.log(
  '\nA model is better at one kind than the router believes (0.95, not 0.82), and half of the answers are graded: who finds it\n',
)
for (const explore of [0, 0.02, 0.05]) {
  const found = await Promise.all(
    seeds.map(async (seed) => {
      const changed = (await playLoop(hiddenScene({ seed, explore }))).calls.filter(inKind)
      return {
        at: firstWhere(changed, 'rival', (share) => share > 0.9)?.call ?? Number.POSITIVE_INFINITY,
        quality: meanOf(changed.slice(-1_000), ({ quality }) => quality),
      }
    }),
  )
  const runs = found.filter(({ at }) => Number.isFinite(at)).length
  console.log(
    `explore ${explore}: found in ${runs} of ${seeds.length} runs, after ${(median(found.map(({ at }) => at)) / 1_000).toFixed(1)} days in the median, quality at the end ${points(meanFrom(found.map(({ quality }) => quality)))}`,
  )
}

console.log(
  '\nTwo models are never the best, at its price: how often they are tried where answers are not as long as predicted\n',
)
for (const lengthRatio of [0.2, 0.5, 1, 3]) {
  const runs = await Promise.all(seeds.map((seed) => playLoop(unaskedScene(lengthRatio, { seed }))))
  const explored = runs.map(({ calls }) => meanOf(calls, ({ isExplored }) => Number(isExplored)))
  console.log(`answers ${lengthRatio} times as long: explored ${percent(meanFrom(explored))}`)
}

function meanFrom(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length
}
