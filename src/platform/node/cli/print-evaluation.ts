import { dataShape, describeData } from '../describe-data.ts'
import type { MethodRow, SetResult } from './evaluate-set.ts'
import { columns, createPaint } from './terminal.ts'

const SHOWN = [
  'quality',
  'gain',
  'regret',
  'selection_accuracy_tie',
  'cost',
  'aiq',
  'area',
  'qnc',
  'apgr',
  'cpt50',
  'cpt80',
  'macro',
  'macro_trained',
  'macro_unseen',
  'auroc',
  'ece',
] as const

const SEEN_MARK = '*'
/** What the mark behind a method means. */
export const SEEN_NOTE = `${SEEN_MARK} made from this source, its test part included: compare the fitted row.`

const TOO_FEW = '[–]'
/** What brackets without numbers mean. */
const TOO_FEW_NOTE = `${TOO_FEW} no interval: the test parts have fewer than ten questions, or too many of their resamples have no such figure.`

/** Figures of one set as rows of texts, the first one the head: those that apply to some method. */
export function figureTable(methods: readonly MethodRow[], names: readonly string[] = SHOWN): string[][] {
  const shown = names.filter((name) => methods.some(({ figures }) => figures[name] !== undefined))
  const rows = methods.map(({ id, figures, ci, withoutCi, wasSeen }) => [
    wasSeen === true ? `${id} ${SEEN_MARK}` : id,
    ...shown.map((name) => text(name, figures[name], withoutCi.includes(name) ? 'too few' : ci[name])),
  ])
  return [['method', ...shown.map((name) => name.replace('selection_accuracy_tie', 'tie-aware'))], ...rows]
}

/** Prints one set as a table; what became of its files only for the first result of a set. */
export function printSet(set: SetResult, isFirst: boolean): void {
  const paint = createPaint(process.stdout)
  const rows = figureTable(set.methods)
  const [title = '', ...lines] = columns(rows, [...(rows[0] ?? []).keys()].slice(1))
  process.stdout.write(
    `\n${paint('bold', titleOf(set))}  ${set.prompts} prompts, ${set.models.length} models\n${paint('dim', title)}\n${lines.join('\n')}\n`,
  )
  const data = set.data === undefined || !isFirst ? [] : describeData(set.data)
  for (const note of [...notesOf(set), ...data]) process.stdout.write(`${paint('dim', note)}\n`)
}

/** What is to be known of a result beside its figures, a sentence each. */
export function notesOf({ methods, probes }: SetResult): string[] {
  const hasMark = methods.some(({ figures, withoutCi }) => withoutCi.some((name) => isBracketed(name, figures[name])))
  return [
    ...(methods.some(({ wasSeen }) => wasSeen === true) ? [SEEN_NOTE] : []),
    ...(hasMark ? [TOO_FEW_NOTE] : []),
    ...(probes === undefined ? [] : [`Of ${probes.asked} probes the training part has ${probes.used}.`]),
  ]
}

/** The name of a result: its set, and what was held out. */
export function titleOf({ id, heldOut }: SetResult): string {
  return heldOut === undefined ? id : `${id}, held out: ${heldOut}`
}

function text(
  name: string,
  value: number | undefined,
  interval: readonly [number, number] | 'too few' | undefined,
): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  if (name === 'cost') return `$${value.toPrecision(3)}`
  const shown = value.toFixed(3)
  if (interval === undefined || !isBracketed(name, value)) return shown
  return interval === 'too few'
    ? `${shown} ${TOO_FEW}`
    : `${shown} [${interval.map((end) => end.toFixed(3)).join(', ')}]`
}

/** True for the figures whose intervals the tables show. */
function isBracketed(name: string, value: number | undefined): boolean {
  return value !== undefined && (name === 'gain' || name === 'apgr')
}

/** One set as `--json` prints it. */
export function publicShape({ id, heldOut, prompts, models, methods, data, probes }: SetResult): object {
  return {
    id,
    ...(heldOut === undefined ? {} : { held_out: heldOut }),
    prompts,
    models,
    ...(data === undefined ? {} : { data: dataShape(data) }),
    ...(probes === undefined ? {} : { probes }),
    methods: methods.map(({ id, figures, ci, withoutCi, bins, latencyMs, wasSeen, datasets, aurocs }) => ({
      id,
      ...figures,
      ...(latencyMs === undefined ? {} : { latency_ms_p50: latencyMs.p50, latency_ms_p95: latencyMs.p95 }),
      ...(wasSeen === undefined ? {} : { seen_in_training: wasSeen }),
      ...(Object.keys(datasets).length < 2 ? {} : { datasets }),
      ...(Object.keys(aurocs).length === 0 ? {} : { auroc_per_model: aurocs }),
      ...(bins.length === 0 ? {} : { ce_bins: bins }),
      ci,
      ...(withoutCi.length === 0 ? {} : { without_ci: withoutCi }),
    })),
  }
}
