import { z } from 'zod'

// What policies/presets.figures.json says of a preset, as Markdown: for the READMEs that gen-policies.ts writes.

/** A figure and its 95 % interval, where there is one. */
const figure = z.tuple([z.number()]).rest(z.number())
const part = z.strictObject({
  kept: figure,
  saved: figure.optional(),
  saved_size: figure.optional(),
  saved_latency: figure.optional(),
})
export const presetFigures = z.strictObject({
  command: z.string(),
  commit: z.string(),
  date: z.string(),
  router: z.string(),
  seeds: z.array(z.number()),
  sets: z.array(
    z.strictObject({
      id: z.string(),
      prompts: z.number(),
      models: z.number(),
      best_single: z.array(z.string()),
      rows: z.array(
        z.strictObject({
          learned: z.string(),
          sweep: z
            .strictObject({
              share: z.number(),
              share_log_cost: z.number(),
              share_mean_of_splits: z.number(),
              aiq: z.number(),
              aiq_hull: z.number(),
              aiq_gain: z.number(),
              aiq_gain_ci: z.array(z.number()).optional(),
              worst: z.strictObject({ cost: z.number(), behind: z.number() }).optional(),
            })
            .optional(),
          presets: z.record(z.string(), z.strictObject({ calibration: part, test: part })),
        }),
      ),
    }),
  ),
})
export type PresetFigures = z.infer<typeof presetFigures>
type Part = z.infer<typeof part>

const SAVINGS = [
  ['saved', 'cost saved'],
  ['saved_size', 'active parameters saved'],
  ['saved_latency', 'time saved'],
] as const

/** What a preset is for: the savings that its table shows. */
const SAVES: Readonly<Record<string, readonly (typeof SAVINGS)[number][0][]>> = {
  small: ['saved_size', 'saved'],
  fast: ['saved_latency'],
}

// Of these presets no set knows what they go by.
const UNMEASURED: Readonly<Record<string, string>> = {
  newest:
    'Not measured: of most models in the outcome data nobody wrote down when they were released (the catalogue knows 3 of the 18 of open_llm_leaderboard_v2 and none of routerbench_subset).',
  private:
    'Not measured apart: no outcome data tell how providers keep prompts. Among the models that pass it decides as [`balanced`](../balanced/) does.',
  open: 'Not measured apart: all models of ulab_llmrouter and open_llm_leaderboard_v2 have published weights, so that there it is [`balanced`](../balanced/).',
}

/** What a preset keeps and saves on each set, and how that was measured. */
export function keepsAndSaves(name: string, figures: PresetFigures): string {
  const unmeasured = UNMEASURED[name]
  if (unmeasured !== undefined) return unmeasured
  const rows = figures.sets.flatMap(({ id, rows: learned }) =>
    learned.flatMap((row) => {
      const measured = row.presets[name]
      return measured === undefined ? [] : [{ id, learned: row.learned, ...measured }]
    }),
  )
  const shownSavings = SAVES[name] ?? ['saved']
  const savings = SAVINGS.filter(([key]) => shownSavings.includes(key))
  const head = ['data', 'models learned', 'kept, calibration', 'kept, test', ...savings.map(([, title]) => title)]
  const lines = rows.map(({ id, learned, calibration, test }) => [
    id,
    learned,
    shown(calibration.kept),
    shown(test.kept),
    ...savings.map(([key]) => shown(test[key])),
  ])
  return [
    'Beside the best single model of the training part, on prompts whose outcomes are known:',
    '',
    `| ${head.join(' | ')} |`,
    `|---|---|${'--:|'.repeat(head.length - 2)}`,
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    howMeasured(figures),
  ].join('\n')
}

function howMeasured({ router, seeds, date, commit, command }: PresetFigures): string {
  return `*Kept* is quality over that model’s, *saved* 1 less cost (or the other figure) over its own; brackets are 95 % intervals of resampled questions, over ${seeds.length} splits by question into 70 % to learn from, 10 % to calibrate on and 20 % to test on. The policy is this folder’s, run by the gateway’s own code; predictions are those of \`${router}\`: *fitted*, its profiles learned from the whole training part; from *400* or *120 probes* of it; *shipped*, as it comes and by the models’ names: that one was made from these sets, their test parts included, and flatters. No set but bfcl has times: elsewhere a weight of latency counts nothing. \`${command}\`, ${date}, commit ${commit}.`
}

const COSTED = ['balanced', 'cheap'] as const
const LEARNED = ['fitted', '400 probes', '120 probes', 'shipped'] as const

/** The least that either preset keeps on calibration data, over the sets with costs, by how the models were learned. */
export function leastKept({ sets }: PresetFigures): string {
  const rows = LEARNED.map((how) => [
    how,
    ...['best', ...COSTED].map((name) => {
      const kept = sets.flatMap(({ rows: learned }) =>
        learned.flatMap(({ learned: one, sweep, presets }) =>
          one === how && sweep !== undefined ? (presets[name]?.calibration.kept[0] ?? []) : [],
        ),
      )
      return percent(Math.min(...kept))
    }),
  ])
  return [
    `| models learned | \`best\` | ${COSTED.map((name) => `\`${name}\``).join(' | ')} |`,
    '|---|--:|--:|--:|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n')
}

/** The sweep of the cost weight against the single models, and the two presets in short. */
export function sweepTable({ sets, seeds }: PresetFigures): string {
  const head = [
    'data',
    'models learned',
    'at or above the hull',
    'furthest behind',
    'AIQ',
    'of the hull',
    'difference',
    ...COSTED.flatMap((name) => [`\`${name}\` keeps`, 'saves']),
  ]
  const rows = sets.flatMap(({ id, rows: learned }) =>
    learned.flatMap(({ learned: how, sweep, presets }) => {
      if (sweep === undefined) return []
      const [low, high] = sweep.aiq_gain_ci ?? []
      return [
        [
          id,
          how,
          percent(sweep.share),
          sweep.worst === undefined
            ? 'never'
            : `${(100 * sweep.worst.behind).toFixed(1)} points at $${sweep.worst.cost}`,
          sweep.aiq.toFixed(3),
          sweep.aiq_hull.toFixed(3),
          `${signed(sweep.aiq_gain)}${low === undefined || high === undefined ? '' : ` [${signed(low)}, ${signed(high)}]`}`,
          ...COSTED.flatMap((name) => [shortly(presets[name]?.test.kept), shortly(presets[name]?.test.saved)]),
        ],
      ]
    }),
  )
  return [
    `| ${head.join(' | ')} |`,
    `|---|---|${'--:|'.repeat(head.length - 2)}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Test parts of ${seeds.length} splits by question; *at or above the hull*: share of the costs between the cheapest and the priciest single model at which mixing settings of the sweep reaches what mixing single models does; both sides know the test part’s means.`,
  ].join('\n')
}

function shown(values: Part['kept'] | undefined): string {
  if (values === undefined) return ''
  const [value, low, high] = values
  const interval = low === undefined || high === undefined ? '' : ` [${points(low)}, ${points(high)}]`
  return `${points(value)} %${interval}`
}

function shortly(values: Part['kept'] | undefined): string {
  return values === undefined ? '' : percent(values[0])
}

function percent(share: number): string {
  return `${points(share)} %`
}

function points(share: number): string {
  return (100 * share).toFixed(1)
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}
