import { routers } from '../../../../routers/index.ts'
import { SIMULATED_POOL } from '../../../config/catalog.ts'
import { configSchema } from '../../../config/config-schema.ts'
import type { Snapshot } from '../../../core/snapshot.ts'
import { type Behaviour, type Decide, measureBehaviour } from '../../../eval/attack/behaviour.ts'
import { hash } from '../../../eval/hash.ts'
import { createGateway, type Gateway } from '../../../gateway.ts'
import { DataProblem } from '../data-problem.ts'
import { findDataSets } from '../find-data-sets.ts'
import { createInference } from '../inference-onnx.ts'
import { createNodePorts } from '../ports.ts'
import { readOutcomes } from '../read-outcomes.ts'
import { createSecrets } from '../secrets.ts'
import { snapshotOf } from './open-gateway.ts'
import { columns } from './terminal.ts'

export type AttackOptions = { readonly data: string; readonly router: string }

const SAMPLED_PER_SET = 20
// Nothing may be decided without the router here: the figures are of its predictions, not of its deadline.
const DEADLINE_MS = 10_000

/** A gateway over the models that the simulator stands in for, which waits for its router. Nothing is asked upstream. */
export async function openStandIns(
  router: string,
): Promise<{ readonly gateway: Gateway; readonly snapshot: Snapshot }> {
  const config = configSchema.parse({
    providers: { simulated: { base_url: 'http://127.0.0.1:9/v1' } },
    models: SIMULATED_POOL.map((id) => `simulated/${id}`),
    router: { use: router, deadline_ms: DEADLINE_MS },
  })
  const built = await snapshotOf(config)
  if ('problems' in built) {
    throw new DataProblem(built.problems.map(({ path, problem }) => `${path}: ${problem}`).join('\n'))
  }
  const { snapshot } = built
  const ports = createNodePorts({
    inference: createInference(),
    secrets: createSecrets({}),
    log: (level, event, fields) => {
      if (level === 'error') process.stderr.write(`${event} ${JSON.stringify(fields)}\n`)
    },
  })
  return { gateway: await createGateway({ snapshot, ports, routers }), snapshot }
}

/** How `balanced` decides between them on texts that were tampered with or reworded. */
export async function measureAttacks({ data, router }: AttackOptions): Promise<Behaviour> {
  const { gateway, snapshot } = await openStandIns(router)
  const price = new Map(
    [...snapshot.targets.values()].map(({ id, facts }) => [id, (facts.price_in ?? 0) + (facts.price_out ?? 0)]),
  )
  const prices = [...price.values()].sort((a, b) => a - b)
  const median = prices[Math.ceil(prices.length / 2) - 1] ?? 0
  const isDear = (model: string): boolean => (price.get(model) ?? 0) > median
  const decide: Decide = async (text) => {
    const startedAt = performance.now()
    const decision = await gateway.decide({ body: { model: 'auto', messages: [{ role: 'user', content: text }] } })
    const tookMs = performance.now() - startedAt
    const bestOf = (wanted: boolean): number =>
      Math.max(
        ...decision.candidates
          .filter(({ model }) => isDear(model) === wanted)
          .map(({ quality }) => quality ?? Number.NaN),
      )
    const winner = decision.candidates.find(({ model }) => model === decision.model)
    return {
      model: decision.model,
      isDear: isDear(decision.model),
      demand: bestOf(true) - bestOf(false),
      costUsd: winner?.cost_usd ?? 0,
      qualities: new Map(decision.candidates.map(({ model, quality }) => [model, quality ?? Number.NaN])),
      tookMs,
    }
  }
  try {
    const texts = findDataSets(data).flatMap(sampleOf)
    return await measureBehaviour(decide, texts, (done) => void process.stderr.write(`attack: ${done}\n`))
  } finally {
    await gateway.close()
  }
}

/** The same prompts of a set every time. */
function sampleOf(folder: string): string[] {
  const texts = new Map(readOutcomes(folder).prompts.map(({ key, text }) => [key, text]))
  return [...texts]
    .sort(([a], [b]) => hash(a) - hash(b))
    .slice(0, SAMPLED_PER_SET)
    .map(([, text]) => text)
}

/** Changes as rows of texts, the first one the head. */
export function behaviourTable({ attacks, paraphrases, languages, encodings }: Behaviour): string[][] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  const rate = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2))
  const rows = [...attacks, paraphrases, ...languages, ...encodings].map((change) => [
    change.id,
    String(change.pairs),
    percent(change.flip_rate),
    percent(change.dear_clean),
    percent(change.dear),
    rate(change.upgrade_rate),
    rate(change.upgrade_rate_calibrated),
    change.cost_ratio.toFixed(2),
    change.largest_shift.toFixed(2),
  ])
  return [[...HEAD], ...rows]
}

const HEAD = [
  'change',
  'pairs',
  'flips',
  'dear, clean',
  'dear',
  'upgrade rate',
  'calibrated',
  'cost ratio',
  'largest shift',
] as const

/** What a dash for a rate means, and what its calibrated neighbour is. */
export const RATES_NOTE =
  'Upgrade rate: – where no clean prompt went to the dearer half. Calibrated: the same at a threshold that a fifth of the clean prompts lie above, by how much better the dearer half is predicted to do.'

/** Prints what attacks did, as a table. */
export function printBehaviour(behaviour: Behaviour): void {
  const rows = behaviourTable(behaviour)
  process.stdout.write(`\nattacks and rewordings, ${behaviour.prompts} prompts\n`)
  process.stdout.write(`${columns(rows, [1, 2, 3, 4, 5, 6, 7, 8]).join('\n')}\n`)
  process.stdout.write(`${RATES_NOTE}\n`)
  process.stdout.write(`slowest decision on 1 MB: ${behaviour.megabyte_ms.toFixed(0)} ms\n`)
}
