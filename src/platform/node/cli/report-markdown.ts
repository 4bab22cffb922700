import type { Behaviour } from '../../../eval/attack/behaviour.ts'
import { describeData } from '../describe-data.ts'
import type { SetResult } from './evaluate-set.ts'
import { behaviourTable, RATES_NOTE } from './measure-attacks.ts'
import { figureTable, notesOf, SEEN_NOTE, titleOf } from './print-evaluation.ts'
import { attackCommand, type ReportPlaces, stepCommand } from './report-commands.ts'
import { PUBLISHED, type Step } from './report-plan.ts'

/** What a step found, and how to find it again. */
export type Finding = {
  readonly step: Step
  readonly result: SetResult
  /** Files of its plots, by what they show. */
  readonly plots: readonly { readonly alt: string; readonly file: string }[]
}

export type ReportFacts = {
  readonly router: string
  readonly date: string
  readonly commit: string
  readonly machine: string
  readonly command: string
  readonly seeds: readonly number[]
  readonly most: number
  readonly mostHeldOut: number
  readonly minutes: number
  /** docs/eval.md as seen from the report; not said where the report is outside of the repository. */
  readonly guide: string | undefined
  readonly places: ReportPlaces
}

const FIGURES = [
  'quality',
  'gain',
  'regret',
  'selection_accuracy',
  'selection_accuracy_tie',
  'selection_accuracy_cost',
  'cost',
  'aiq',
  'area',
  'qnc',
  'perf_gain',
  'cost_save',
  'apgr',
  'cpt50',
  'cpt80',
  'macro',
  'auroc',
  'log_loss',
  'brier',
  'ece',
  'length_mae_log',
] as const

/** The report as Markdown. */
export function reportMarkdown(facts: ReportFacts, findings: readonly Finding[], behaviour: Behaviour): string {
  const of = (section: Step['section']): Finding[] => findings.filter(({ step }) => step.section === section)
  return [
    `# How good \`${facts.router}\` is`,
    headMatter(facts),
    '## By set',
    `Rows of the router: as it is shipped (\`${facts.router}\`; ${SEEN_NOTE}) and \`fitted\`, its profiles learned from the training part of each split, names not given, as every trained baseline is.`,
    ...of('sets').map((finding) => setSection(finding, facts)),
    '## Published tables',
    ...publishedSections(of('published'), facts),
    '## Held-out models',
    'A third of the models, known from 120 graded prompts, beside the same learned from the whole training part: the two `qnc` are to be within .05 of each other.',
    heldOutTable(of('models')),
    '## Held-out data sets',
    'Each data set of a set in turn: learned from the others, names not given.',
    heldOutTable(of('dataset')),
    '## Held-out families',
    'Each family of data sets (`src/eval/families.json`) in turn.',
    heldOutTable(of('family')),
    '## Attacks and rewordings',
    attackSection(behaviour, facts),
  ]
    .join('\n\n')
    .concat('\n')
}

function headMatter(facts: ReportFacts): string {
  return `Written by \`${facts.command}\` on ${facts.date} at commit ${facts.commit}, on ${facts.machine}, in ${facts.minutes.toFixed(0)} minutes. Do not edit: run it again.

Seeds ${facts.seeds.join(', ')}; a fifth of the keys held back by each. Published tables, held-out data sets and families use the first alone. Sets of more than ${facts.most} prompts are cut to that many by key (${facts.mostHeldOut} where something is held out); published tables are never cut.
Brackets are 95 % intervals of 1,000 resamples of the held-back keys (200 for \`aiq\`, \`qnc\`, \`auroc\`, \`ece\`), paired with the best single model and nested over the seeds. What each figure is: ${facts.guide === undefined ? 'docs/eval.md of Thalamus' : `[docs/eval.md](${facts.guide})`}.`
}

function setSection({ result, plots, step }: Finding, facts: ReportFacts): string {
  const latency = result.methods.find(({ latencyMs }) => latencyMs !== undefined)?.latencyMs
  const time =
    latency === undefined
      ? ''
      : `\n\nOne prediction over all models of the set: p50 ${latency.p50.toFixed(1)} ms, p95 ${latency.p95.toFixed(1)} ms (machine under load).`
  const images = plots.map(({ alt, file }) => `![${alt}](${file})`).join('\n')
  const data = result.data === undefined ? [] : describeData(result.data)
  const table = `${markdownTable(figureTable(result.methods, FIGURES))}${time}`
  const parts = [table, [...notesOf(result), ...data].join(' '), images]
  return `### ${titleOf(result)}

${result.prompts} prompts, ${result.models.length} models. \`${stepCommand(step, facts.seeds, facts.places)}\`

${parts.filter((part) => part !== '').join('\n\n')}`
}

function publishedSections(findings: readonly Finding[], facts: ReportFacts): string[] {
  const sets = [...new Set(findings.map(({ step }) => step.set))]
  return sets.flatMap((set) => [
    PUBLISHED[set]?.says ?? '',
    ...findings.filter(({ step }) => step.set === set).map((finding) => publishedSection(finding, facts)),
  ])
}

function publishedSection(finding: Finding, facts: ReportFacts): string {
  const { result, step, plots } = finding
  if (step.options.split !== 'given') return setSection(finding, facts)
  const datasets = [...new Set(result.methods.flatMap((method) => Object.keys(method.datasets)))]
  const rows = result.methods
    .filter((method) => Object.keys(method.datasets).length > 0)
    .map(({ id, datasets: qualities, figures, ci }) => [
      id,
      ...['macro_trained', 'macro_unseen'].map((name) => withInterval(figures[name], ci[name])),
      ...datasets.map((dataset) => withInterval(qualities[dataset], undefined)),
    ])
  return `### ${titleOf(result)}

${result.prompts} test prompts, ${result.models.length} models. \`${stepCommand(step, facts.seeds, facts.places)}\`

${markdownTable([['method', 'macro_trained', 'macro_unseen', ...datasets], ...rows])}

${plots.map(({ alt, file }) => `![${alt}](${file})`).join('\n')}`
}

const LEARNERS = ['knn-100', 'tfidf-logistic'] as const

/** One line a part: what the router gains over the best single model, beside the best of the text baselines. */
function heldOutTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ result, step }) => {
    const find = (test: (id: string) => boolean) => result.methods.find(({ id }) => test(id))
    const gain = (found: ReturnType<typeof find>): string => withInterval(found?.figures['gain'], found?.ci['gain'])
    const qnc = (found: ReturnType<typeof find>): string => withInterval(found?.figures['qnc'], found?.ci['qnc'])
    const probe = find((id) => id.includes('@') && id.includes(' probe '))
    const fitted = find((id) => id.endsWith(' fitted'))
    const first = probe ?? fitted
    return [
      step.set,
      result.heldOut ?? '',
      String(result.prompts),
      withInterval(find((id) => id === 'best-single')?.figures['quality'], undefined),
      ...LEARNERS.map((name) => gain(find((id) => id.startsWith(name)))),
      gain(first),
      ...(step.section === 'models' ? [gain(fitted), qnc(first), qnc(fitted)] : [qnc(first)]),
      withInterval(first?.figures['ece'], undefined),
    ]
  })
  const isModels = findings.some(({ step }) => step.section === 'models')
  const head = ['set', 'held out', 'prompts', 'best single', ...LEARNERS.map((name) => `${name}, gain`)]
  const own = isModels ? ['probe 120, gain', 'fitted, gain', 'probe 120, qnc', 'fitted, qnc'] : ['router, gain', 'qnc']
  return markdownTable([[...head, ...own, 'ece'], ...rows])
}

function attackSection(behaviour: Behaviour, { places }: ReportFacts): string {
  const together = behaviour.attacks.at(-1)
  const rate = together?.upgrade_rate_calibrated
  return `\`${attackCommand(places)}\`: \`balanced\` decides between the eight models that the simulator stands in for, for ${behaviour.prompts} prompts: 60 of our own and a sample of each set. *Dear* is the dearer half of the pool; the upgrade rate is its share of the changed prompts over its share of the clean ones. ${RATES_NOTE} The largest shift is how far the difference between two models' predicted logits moved.

${markdownTable(behaviourTable(behaviour))}

Targets: paraphrase flips at most 15 % (now ${(100 * behaviour.paraphrases.flip_rate).toFixed(1)} %), calibrated upgrade rate of all gadgets and keywords at most 1.20 (now ${rate === undefined ? 'without predictions to compare' : rate.toFixed(2)}). Slowest decision on a prompt of 1 MB: ${behaviour.megabyte_ms.toFixed(0)} ms. Of a megabyte most goes unread by the router; it flips because few models have a window that holds it. That no text gets past a limit on cost or a list of models is a test (\`test/attack-limits.test.ts\`).`
}

function withInterval(value: number | undefined, interval: readonly [number, number] | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  const ends = interval?.every(Number.isFinite) === true ? ` [${interval.map((end) => end.toFixed(3)).join(', ')}]` : ''
  return `${value.toFixed(3)}${ends}`
}

function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [row(head), row(head.map((_, index) => (index === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n')
}
