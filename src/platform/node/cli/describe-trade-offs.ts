import type { Candidate, Decision, TradeOff, TradeOffMember, WeightInterval } from '../../../core/decision.ts'
import { dollars } from './describe-dropped.ts'
import type { ShortNames } from './short-names.ts'
import type { Paint } from './terminal.ts'
import { columns, shorten, wrap } from './terminal.ts'

const NUMBERS = [2, 3]
const FEWEST_NAME_CHARACTERS = 12

/**
 * The front, cheapest first: what each step up in price brings, and the weights of cost at which each model would be
 * chosen. Then who is beaten by whom. Without the trade-offs, the front's names.
 */
export function describeTradeOffs(decision: Decision, names: ShortNames, paint: Paint, width: number): string[] {
  const cost = decision.trade_offs?.find(({ goal }) => goal === 'cost')
  if (cost === undefined || cost.front.length === 0) return frontLine(decision, names, width)
  return [
    paint('dim', `front: quality against cost (${cost.parameter} is ${figure(cost.value)})`),
    ...frontTable(cost, decision.model, names, width),
    ...dominatedLines(decision.candidates, names, width),
    '',
  ]
}

function frontLine({ front, knee }: Decision, names: ShortNames, width: number): string[] {
  const label = 'front   '
  const room = width - label.length - ' (knee) →'.length
  const members = front.map((model) => `${shorten(names.of(model), room)}${model === knee ? ' (knee)' : ''}`)
  return members.length === 0 ? [] : wrap(label, members, ' → ', width)
}

function frontTable(cost: TradeOff, winner: string, names: ShortNames, width: number): string[] {
  const head = ['', '', 'quality', 'cost', `chosen where ${cost.parameter} is`, '']
  const rows = cost.front.map((member) => [
    member.model === winner ? '▸' : '',
    '',
    (member.quality * 100).toFixed(1),
    dollars(member.figure),
    describeWins(member),
    member.model === cost.knee ? 'knee' : '',
  ])
  const taken = Math.max(...columns([head, ...rows], NUMBERS).map((line) => line.length))
  const room = Math.max(width - taken, FEWEST_NAME_CHARACTERS)
  const named = cost.front.map(({ model }) => shorten(names.of(model), room))
  return columns(
    [head, ...rows].map((row, index) => row.with(1, index === 0 ? 'model' : (named[index - 1] ?? ''))),
    NUMBERS,
  )
}

/** `0.8 to 3.1`; outside the quality band, what band it takes first. */
function describeWins({ wins, wins_at_any_band: anyway, band_needed: band }: TradeOffMember): string {
  if (wins !== null) return interval(wins)
  return anyway === null || band === null ? 'never' : `${interval(anyway)}, with band ${Math.ceil(band * 10) / 10}`
}

function interval({ from, to }: WeightInterval): string {
  if (to === null) return from === 0 ? 'anything' : `over ${figure(from)}`
  return from === 0 ? `up to ${figure(to)}` : `${figure(from)} to ${figure(to)}`
}

function figure(value: number): string {
  return value === 0 ? '0' : String(Number(value.toPrecision(2)))
}

/** `beaten  by gpt-5-mini: gpt-4o, o3`: a line a model of the front. */
function dominatedLines(candidates: readonly Candidate[], names: ShortNames, width: number): string[] {
  const beaten = new Map<string, string[]>()
  for (const { model, dominated_by: by } of candidates) {
    if (by !== undefined) beaten.set(by, [...(beaten.get(by) ?? []), names.of(model)])
  }
  return [...beaten].flatMap(([by, models], index) =>
    wrap(
      index === 0 ? 'beaten  ' : '        ',
      [`by ${names.of(by)}: ${models[0] ?? ''}`, ...models.slice(1)],
      ', ',
      width,
    ),
  )
}
