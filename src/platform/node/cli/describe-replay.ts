import type { Estimate, Estimates } from '../../../replay/estimates.ts'
import type { Interval } from '../../../replay/resample.ts'
import type { Summary } from '../../../replay/summary.ts'
import { dollars } from './describe-dropped.ts'
import type { Asked } from './public-replay.ts'
import type { Replayed, Skipped, Verified } from './replay-log.ts'
import { shortNames } from './short-names.ts'
import type { Paint } from './terminal.ts'
import { columns, wrap } from './terminal.ts'

const SHOWN_MOVES = 12
const SHOWN_DIFFERENCES = 10

/** A replay as text: who would move where, what that is predicted to cost and to be worth, and what rewards say of it. */
export function describeReplay(
  asked: Asked,
  { summary, estimates, skipped }: Replayed,
  paint: Paint,
  width: number,
): string {
  const what = [asked.policy, asked.flags, asked.router].filter((part) => part !== undefined).join(' + ')
  const lines = [
    `${paint('bold', what)}  ${summary.decisions} ${summary.decisions === 1 ? 'decision' : 'decisions'} of ${asked.log}`,
    '',
    ...columns(figures(summary)),
    ...moveLines(summary, paint, width),
    ...(summary.decisions === 0 ? [] : ['', ...rewardLines(estimates, paint, width)]),
    ...skippedLines(skipped, paint),
  ]
  return `${lines.join('\n')}\n`
}

/** What came out otherwise than it was logged, if anything. */
export function describeVerified(log: string, { decisions, differences, skipped }: Verified, paint: Paint): string {
  if (decisions === 0)
    return `${[`${paint('red', '✗')} no decision of ${log} could be made again`, ...skippedLines(skipped, paint)].join('\n')}\n`
  const isSame = differences.length === 0
  const mark = isSame ? paint('green', '✓') : paint('red', '✗')
  const found = isSame ? 'all come out as logged' : `${differences.length} come out otherwise than logged`
  const shown = differences.slice(0, SHOWN_DIFFERENCES).map(({ id, members }) => `  ${id}  ${members.join(', ')}`)
  const more = differences.length > shown.length ? [`  … and ${differences.length - shown.length} more`] : []
  return `${[`${mark} ${decisions} decisions of ${log}: ${found}`, ...shown, ...more, ...skippedLines(skipped, paint)].join('\n')}\n`
}

function figures({ decisions, moved, infeasible, infeasibleLimits, cost, quality }: Summary): string[][] {
  const limits = infeasibleLimits.slice(0, 3).map(({ limit, decisions: count }) => `${limit} in ${count}`)
  return [
    ['move', `${moved} of ${decisions}${shareOf(moved, decisions)}`],
    ['infeasible', infeasible === 0 ? '0' : `${infeasible}${shareOf(infeasible, decisions)}: ${limits.join(', ')}`],
    ...(cost === undefined
      ? []
      : [
          [
            'predicted cost',
            `${dollars(cost.logged)} ▶ ${dollars(cost.replayed)} a call${relative(cost.logged, cost.replayed)}`,
          ],
        ]),
    ...(quality === undefined
      ? []
      : [
          [
            'predicted quality',
            `${points(quality.logged)} ▶ ${points(quality.replayed)} (${signed(100 * (quality.replayed - quality.logged), 2)} points)`,
          ],
        ]),
  ]
}

function moveLines({ moves, losslessUnknown }: Summary, paint: Paint, width: number): string[] {
  if (moves.length === 0) return unknownLines(losslessUnknown, width)
  const names = shortNames(moves.flatMap(({ from, to }) => [from, to]))
  const rows = moves
    .slice(0, SHOWN_MOVES)
    .map(({ from, to, decisions }) => [String(decisions), names.of(from), '▶', names.of(to)])
  const rest = moves.slice(SHOWN_MOVES).reduce((sum, { decisions }) => sum + decisions, 0)
  return [
    ...unknownLines(losslessUnknown, width),
    '',
    paint('dim', 'moves'),
    ...columns(rows, [0]),
    ...(rest === 0 ? [] : [paint('dim', `and ${rest} between other models`)]),
    ...(names.note === undefined ? [] : [paint('dim', names.note)]),
  ]
}

function unknownLines(count: number, width: number): string[] {
  if (count === 0) return []
  const text = `${count} of the infeasible ask for a lossless answer, and the log does not say which models give one.`
  return wrap('', text.split(' '), ' ', width)
}

function rewardLines(estimates: Estimates, paint: Paint, width: number): string[] {
  const { logged, onMatching, ips, snips, dr, graded, effective, notes } = estimates
  const hasEstimate = ips !== undefined || snips !== undefined || dr !== undefined
  const rows = [
    ...(logged === undefined ? [] : [['as logged', intervalText(logged), '']]),
    ...(hasEstimate || onMatching === undefined ? [] : [['where both agree', intervalText(onMatching), '']]),
    ...estimateRow('clipped IPS', ips),
    ...estimateRow('self-normalised IPS', snips),
    ...estimateRow('doubly robust', dr),
  ]
  return [
    paint('dim', `rewards  ${graded} graded${hasEstimate ? `, effective sample size ${effective.toFixed(1)}` : ''}`),
    ...columns(rows),
    ...notes.flatMap((note) => wrap('', note.split(' '), ' ', width)),
  ]
}

function estimateRow(name: string, estimate: Estimate | undefined): string[][] {
  if (estimate === undefined) return []
  const { difference } = estimate
  const apart = `${signed(difference.value, 3)} [${signed(difference.low, 3)}, ${signed(difference.high, 3)}]`
  return [[name, intervalText(estimate), apart]]
}

function intervalText({ value, low, high }: Interval): string {
  return `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`
}

function skippedLines({ lines, withoutModels, withoutPrompts }: Skipped, paint: Paint): string[] {
  return [
    ...(lines === 0 ? [] : [`skipped: ${lines} ${lines === 1 ? 'line' : 'lines'} cut short or not of a decision log`]),
    ...(withoutModels === 0 ? [] : [`skipped: ${withoutModels} decisions whose models stand in a file that is gone`]),
    ...(withoutPrompts === 0
      ? []
      : [`skipped: ${withoutPrompts} decisions whose prompts were not logged (prompts: true)`]),
  ].map((line) => paint('yellow', line))
}

function shareOf(part: number, whole: number): string {
  return whole === 0 ? '' : ` (${((100 * part) / whole).toFixed(1)} %)`
}

function relative(before: number, after: number): string {
  return before === 0 ? '' : ` (${signed((100 * (after - before)) / before, 1)} %)`
}

function points(quality: number): string {
  return (100 * quality).toFixed(2)
}

function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  if (Number(text) === 0) return text
  return `${value < 0 ? '−' : '+'}${text}`
}
