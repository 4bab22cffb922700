import type { Candidate, Decision } from '../../../core/decision.ts'
import { describeDropped, dollars } from './describe-dropped.ts'
import { evidenceLines } from './describe-evidence.ts'
import { describeTradeOffs } from './describe-trade-offs.ts'
import type { ShortNames } from './short-names.ts'
import { shortNames } from './short-names.ts'
import type { Paint } from './terminal.ts'
import { columns, printable, shorten, wrap } from './terminal.ts'

const NAME_COLUMN = 1
const FEWEST_NAME_CHARACTERS = 12

/** A decision as text: the winner, every candidate with its estimates, the front, and who was dropped and why. */
export function describeDecision(decision: Decision, paint: Paint, width: number): string {
  const names = shortNames([...decision.candidates, ...decision.dropped].map(({ model }) => model))
  const [header = '', ...lines] = candidateTable(decision, names, width)
  const legend = [
    '▸ chosen',
    ...(decision.candidates.some(({ in_band }) => in_band) ? ['• in the quality band'] : []),
    ...(names.note === undefined ? [] : [names.note]),
  ]
  const evidence = evidenceLines(decision, names, width)
  const text = [
    ...winnerLines(decision, paint, width),
    ...wrap('', circumstances(decision), ' · ', width).map((line) => paint('dim', line)),
    ...warningLines(decision, width),
    '',
    paint('dim', header),
    ...lines.map((line, index) => (decision.candidates[index]?.model === decision.model ? paint('green', line) : line)),
    ...wrap('', legend, '   ', width).map((line) => paint('dim', line)),
    '',
    ...describeTradeOffs(decision, names, paint, width),
    ...promptLines(decision, width),
    ...assumedLines(decision, width),
    ...evidence.map((line) => (line === 'rests on' ? paint('dim', line) : line)),
    ...(decision.dropped.length === 0 ? [] : ['', paint('dim', 'dropped')]),
    ...describeDropped(decision.dropped, names, paint, width),
  ]
  return `${text.join('\n')}\n`
}

/** The winner and why, on two lines where one would be too long: its name is what is looked for. */
function winnerLines({ model, reason }: Decision, paint: Paint, width: number): string[] {
  const name = printable(shorten(model, width))
  if (name.length + 2 + reason.length <= width) return [`${paint('bold', name)}  ${reason}`]
  return [paint('bold', name), ...wrap('', reason.split(' '), ' ', width)]
}

/** What of the request could not be heeded. Words of the prompt may be in it. */
function warningLines({ warnings = [] }: Decision, width: number): string[] {
  return warnings.flatMap(({ path, reason }) =>
    wrap('not heeded  ', printable(`${path}: ${reason}`).split(' '), ' ', width),
  )
}

function circumstances(decision: Decision): string[] {
  return [
    `policy ${decision.policy}`,
    `router ${decision.router}${insteadOf(decision)}`,
    `${decision.elapsed_ms.toFixed(1)} ms`,
    ...(decision.plan === undefined ? [] : [`then ${decision.plan.slice(1).join(', ') || 'nobody'}`]),
    ...(decision.truncated ? ['prompt cut for the router'] : []),
    ...(decision.relaxed === undefined || decision.relaxed.length === 0
      ? []
      : [`relaxed: ${decision.relaxed.join(', ')}`]),
  ]
}

/** Whom a fallback spoke for; why stands in the reason. */
function insteadOf({ router, router_problem: problem }: Decision): string {
  return problem === undefined || problem.router === router ? '' : ` instead of ${problem.router}`
}

function candidateTable(decision: Decision, names: ShortNames, width: number): string[] {
  const head = ['', 'model', 'quality', 'cost', 'time', 'tokens', 'tools', 'score']
  const rows = [head, ...decision.candidates.map((candidate) => candidateRow(candidate, decision, names))]
  // A column of which nothing is known says nothing.
  const kept = head.flatMap((_, column) =>
    column <= NAME_COLUMN || rows.slice(1).some((row) => row[column] !== '–') ? [column] : [],
  )
  const known = rows.map((row) => kept.map((column) => row[column] ?? ''))
  const withoutName = columns(known.map((row) => [...row.with(NAME_COLUMN, ''), '|']))
  const taken = Math.max(...withoutName.map((line) => line.length)) - '  |'.length
  const room = Math.max(width - taken, FEWEST_NAME_CHARACTERS)
  const fitted = known.map((row) => row.with(NAME_COLUMN, shorten(row[NAME_COLUMN] ?? '', room)))
  return columns(fitted, kept.map((_, index) => index).slice(NAME_COLUMN + 1))
}

function candidateRow(candidate: Candidate, decision: Decision, names: ShortNames): string[] {
  return [
    candidate.model === decision.model ? '▸' : candidate.in_band ? '•' : '',
    names.of(candidate.model),
    describeQuality(candidate),
    dollars(candidate.cost_usd),
    candidate.latency_ms === undefined ? '–' : `${(candidate.latency_ms / 1_000).toFixed(1)} s`,
    candidate.output_tokens === undefined ? '–' : candidate.output_tokens.toFixed(0),
    candidate.tool_reliability === undefined ? '–' : (candidate.tool_reliability * 100).toFixed(1),
    candidate.score === undefined ? '–' : candidate.score.toFixed(1),
  ]
}

/** Quality out of 100 and how unsure it is; two distances where one of them would lead out of 0 to 100. */
function describeQuality({ quality, uncertainty = 0 }: Candidate): string {
  if (quality === undefined) return '–'
  const shown = (share: number): string => (share * 100).toFixed(1)
  const up = shown(Math.min(uncertainty, 1 - quality))
  const down = shown(Math.min(uncertainty, quality))
  const distance = up === down ? `±${up}` : `+${up} −${down}`
  return `${shown(quality)} ${distance}`
}

/** What kind of prompt the router saw, where it says so. */
function promptLines(decision: Decision, width: number): string[] {
  const clusters = decision.evidence?.['clusters']
  if (!Array.isArray(clusters)) return []
  const kinds = clusters.flatMap((cluster: unknown) =>
    typeof cluster === 'object' &&
    cluster !== null &&
    'label' in cluster &&
    'share' in cluster &&
    Number(cluster.share) >= 0.05
      ? [`${String(cluster.label)} ${Math.round(Number(cluster.share) * 100)} %`]
      : [],
  )
  return kinds.length === 0 ? [] : wrap('prompt  ', kinds, ', ', width)
}

/** Goals with a weight of which some models' figure was unknown, with how many those are. */
function assumedLines({ candidates }: Decision, width: number): string[] {
  const models = new Map<string, number>()
  for (const goal of candidates.flatMap(({ assumed = [] }) => assumed)) models.set(goal, (models.get(goal) ?? 0) + 1)
  const said = [...models].map(([goal, count]) => `${goal} of ${count === candidates.length ? 'all' : count}`)
  return said.length === 0 ? [] : wrap('assumed ', said, ', ', width)
}
