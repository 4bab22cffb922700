import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { hash } from '../src/eval/hash.ts'
import { createDraws } from '../src/eval/interval.ts'
import { commonPart, type Outcomes, pickPrompts, withoutDatasets } from '../src/eval/outcomes.ts'
import { type MethodResult, overSeeds, type Seeded } from '../src/eval/over-seeds.ts'
import { decide } from '../src/eval/policy/decide.ts'
import { sceneOf } from '../src/eval/scene.ts'
import { type Chances, optimalOf, selectionFigures } from '../src/eval/selection.ts'
import { SEEDS, splitByKey } from '../src/eval/split.ts'
import { openSubject } from '../src/platform/node/cli/open-subject.ts'
import { candidatesOf, routerMethod, signalsOf } from '../src/platform/node/cli/router-method.ts'
import { dataFile } from '../src/platform/node/find-data-sets.ts'
import { readOutcomes } from '../src/platform/node/read-outcomes.ts'
import { USUAL_OUTPUT_TOKENS } from '../src/platform/node/read-prices.ts'
import { readLines } from '../src/platform/node/read-text.ts'
import { createKeptInference } from './kept-inference.ts'
import { type Table, tryagePage } from './tryage-page.ts'

// Tryage’s measurement on our data: how often the chosen model is an optimal one. Writes docs/tryage.md.
// Usage: node scripts/measure-tryage.ts [--data ../shared/data/routing] [--seeds 42,999] [--no-write]

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env['THALAMUS_DATA'] ?? '../shared/data', 'routing') },
    seeds: { type: 'string', default: SEEDS.join() },
    'no-write': { type: 'boolean', default: false },
  },
})
const ROUTER = 'clusters'
/** Most prompts of one domain of a source: whole questions, chosen by a hash of their key. */
const MOST = 700

type Source = {
  readonly id: string
  readonly leaveOut?: readonly string[]
  /** The domain of a prompt; `undefined` leaves it out. */
  domainOf(dataset: string, subset: string): string | undefined
}

const SUBJECTS: Readonly<Record<string, string>> = { law: 'law', health: 'medicine', math: 'maths' }
const bySubject = (subset: string): string => SUBJECTS[subset] ?? 'knowledge'

const BY_TASK: Readonly<Record<string, string>> = {
  'routerbench/mbpp': 'code',
  'routerbench/arc-challenge': 'knowledge',
  'routerbench/winogrande': 'common sense',
}

/** One library for all of its domains. */
const WHOLE: readonly Source[] = [
  { id: 'routerbench_subset', domainOf: (dataset) => BY_TASK[dataset] },
  {
    id: 'open_llm_leaderboard_v2',
    domainOf: (dataset, subset) => ({ bbh: 'reasoning', ifeval: 'instructions' })[dataset] ?? bySubject(subset),
  },
]
/** A library a domain, or a few. */
const PARTS: readonly Source[] = [
  { id: 'livecodebench', domainOf: () => 'code' },
  // Few of its models ran on the fourth data set.
  {
    id: 'zeroeval',
    leaveOut: ['numersense-v2'],
    domainOf: (dataset) => (dataset === 'cruxeval_o' ? undefined : 'maths'),
  },
  { id: 'mmlu_pro', domainOf: (_, subset) => (subset === 'math' ? undefined : bySubject(subset)) },
  { id: 'bfcl', domainOf: () => 'tool use' },
]

const seeds = values.seeds.split(',').map(Number)
const policy = builtInPolicies.get('best')
const inference = createKeptInference()
const { router } = await openSubject(ROUTER, inference)
const whole = await tablesOf(WHOLE)
const parts = await tablesOf(PARTS)
await inference.close()
const page = tryagePage({ router: router.name, seeds, most: MOST, whole, parts })
if (values['no-write']) process.stdout.write(page)
else writeFileSync(new URL('../docs/tryage.md', import.meta.url), page)

async function tablesOf(sources: readonly Source[]): Promise<Table[]> {
  const tables: Table[] = []
  for (const source of sources) {
    const startedAt = performance.now()
    tables.push(await tableOf(source))
    console.error(`${source.id}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`)
  }
  return tables
}

async function tableOf(source: Source): Promise<Table> {
  const { outcomes, domains } = readSource(source)
  const method = routerMethod(router, { probe: 'all', isUnnamed: true })
  const names = [...new Set(domains.values())].sort()
  const groups = names.length === 1 ? names : [...names, 'all']
  const found = new Map<string, Seeded[]>()
  for (const seed of seeds) {
    const { train, test } = splitByKey(outcomes, seed)
    const choices = await chosen(train, test, method)
    const { best, width } = sceneOf({ train, test })
    const optimal = optimalOf(test)
    const draws = createDraws(test.prompts, seed)
    const methods: Readonly<Record<string, Chances>> = {
      router: (row, model) => Number(choices[row] === model),
      'best single': (_, model) => Number(model === best),
      random: () => 1 / width,
    }
    for (const group of groups) {
      const isIn = (row: number): boolean => group === 'all' || domains.get(test.prompts[row]?.id ?? '') === group
      for (const [name, chances] of Object.entries(methods)) {
        const key = `${group}\n${name}`
        found.set(key, [...(found.get(key) ?? []), selectionFigures(test, optimal, chances, draws, isIn)])
      }
    }
  }
  const result = (group: string, name: string): MethodResult => overSeeds(name, found.get(`${group}\n${name}`) ?? [])
  return {
    source: source.id,
    models: outcomes.models.length,
    domains: groups.map((name) => ({
      name,
      prompts: name === 'all' ? outcomes.prompts.length : [...domains.values()].filter((one) => one === name).length,
      methods: ['router', 'best single', 'random'].map((one) => result(name, one)),
    })),
  }
}

/** Predictions learned from the training part, names not given, and the policy `best`: what a gateway without flags for price does. */
async function chosen(train: Outcomes, test: Outcomes, method: ReturnType<typeof routerMethod>): Promise<number[]> {
  if (policy === undefined) throw new Error('There is no preset best.')
  const targets = candidatesOf(test.models, true)
  const asked = {
    signals: test.prompts.map(({ text }) => signalsOf(text)),
    targets,
    tokens: targets.map(() => USUAL_OUTPUT_TOKENS),
    estimates: await method.estimate(train, test),
    today: '2026-01-01',
  }
  return decide(asked, policy)
}

function readSource({ id, leaveOut = [], domainOf }: Source): {
  readonly outcomes: Outcomes
  readonly domains: ReadonlyMap<string, string>
} {
  const folder = join(values.data, id)
  const subsets = new Map(
    readLines(dataFile(folder, 'prompts')).flatMap((line) => {
      if (line.trim() === '') return []
      const { id: prompt, subset = '' }: { id: string; subset?: string } = JSON.parse(line)
      return [[prompt, subset] as const]
    }),
  )
  const all = commonPart(withoutDatasets(readOutcomes(folder), leaveOut))
  const rowsOf = Map.groupBy(all.prompts.keys(), (row) => {
    const prompt = all.prompts[row]
    return prompt === undefined ? undefined : domainOf(prompt.dataset, subsets.get(prompt.id) ?? '')
  })
  const domains = new Map<string, string>()
  const kept: number[] = []
  for (const [domain, rows] of rowsOf) {
    if (domain === undefined) continue
    const key = (row: number): number => hash(all.prompts[row]?.key ?? '')
    for (const row of rows.toSorted((a, b) => key(a) - key(b)).slice(0, MOST)) {
      kept.push(row)
      domains.set(all.prompts[row]?.id ?? '', domain)
    }
  }
  return {
    outcomes: pickPrompts(
      all,
      kept.sort((a, b) => a - b),
    ),
    domains,
  }
}
