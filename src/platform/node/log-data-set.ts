import { mkdtempSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { CallRecord, OutcomeRecord } from '../../decision-log/record.ts'
import { isCompared } from '../../eval/outcomes.ts'
import { gradesOf } from '../../replay/reward.ts'
import { DataProblem } from './data-problem.ts'
import { readDecisionLog } from './read-decision-log.ts'

/** What is known of one decision by its id. */
type Logged = { text: string | undefined; outcomes: OutcomeRecord[]; call: CallRecord | undefined }
type Answer = { rewards: number[]; costs: number[] }

/** True where `--data` names a decision log and no folder of data sets. */
export function isDecisionLog(path: string): boolean {
  return /\.jsonl(?:\.\d+)?$/.test(path) && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
}

/**
 * A decision log as a data set, in a new folder of its own: its prompts, and the mean reward and cost of each model on
 * each. Throws a DataProblem where it holds no prompts, or too few of them were answered by more than one model.
 */
export async function dataSetOfLog(path: string): Promise<string> {
  const logged = await readLogged(path)
  const prompts = new Map<string, Map<string, Answer>>()
  const said = [...logged].filter(([, { outcomes }]) => outcomes.length > 0)
  const complete = [...logged].filter(([, { call }]) => call?.outcome === 'complete')
  const { rewards } = gradesOf(
    new Map(said.map(([id, { outcomes }]) => [id, outcomes])),
    new Set(complete.map(([id]) => id)),
  )
  for (const [id, { text, outcomes, call }] of logged) {
    const model = outcomes.at(-1)?.model ?? call?.model
    const reward = rewards.get(id)
    if (text === undefined || typeof model !== 'string' || reward === undefined) continue
    const answers = prompts.get(text) ?? new Map<string, Answer>()
    prompts.set(text, answers)
    const answer = answers.get(model) ?? { rewards: [], costs: [] }
    answers.set(model, answer)
    answer.rewards.push(reward)
    if (call?.cost_usd !== undefined && call.model === model) answer.costs.push(call.cost_usd)
  }
  requireComparable(path, logged, prompts)
  return write(path, prompts)
}

async function readLogged(path: string): Promise<ReadonlyMap<string, Logged>> {
  const logged = new Map<string, Logged>()
  const of = (id: string): Logged => {
    const known = logged.get(id) ?? { text: undefined, outcomes: [], call: undefined }
    logged.set(id, known)
    return known
  }
  for await (const record of readDecisionLog(path).records) {
    if (record.type === 'decision') of(record.id).text = record.signals.text
    else if (record.type === 'outcome') of(record.id).outcomes.push(record)
    else if (record.type === 'call') of(record.id).call = record
  }
  return logged
}

function requireComparable(
  path: string,
  logged: ReadonlyMap<string, Logged>,
  prompts: ReadonlyMap<string, ReadonlyMap<string, Answer>>,
): void {
  const all = [...logged.values()]
  if (!all.some(({ text }) => text !== undefined)) {
    throw new DataProblem(`${path} holds no prompts, which a router must read: log with prompts: true.`)
  }
  if (prompts.size === 0) throw new DataProblem(`${path} has no rewards of answers, so nothing can be scored.`)
  const runs = new Map<string, number>()
  for (const answers of prompts.values())
    for (const model of answers.keys()) runs.set(model, (runs.get(model) ?? 0) + 1)
  const compared = [...runs.values()].filter((count) => isCompared(count, prompts.size))
  if (compared.length >= 2) return
  throw new DataProblem(
    `${path}: its ${prompts.size} prompts were not all answered by the same models, and models are compared on the same prompts only. thalamus replay ${path} --policy NAME judges a policy by a log like this one.`,
  )
}

function write(path: string, prompts: ReadonlyMap<string, ReadonlyMap<string, Answer>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-log-'))
  const named = [...prompts].map(([text, answers], index) => ({ id: `p${index}`, text, answers }))
  const dataset = basename(path)
  const lines = named.map(({ id, text: prompt }) => JSON.stringify({ id, prompt, dataset }))
  const hasCosts = named.every(({ answers }) => [...answers.values()].every(({ costs }) => costs.length > 0))
  const rows = named.flatMap(({ id, answers }) =>
    [...answers].map(([model, { rewards, costs }]) =>
      [id, `"${model.replaceAll('"', '""')}"`, mean(rewards), ...(hasCosts ? [mean(costs)] : [])].join(','),
    ),
  )
  writeFileSync(join(folder, 'prompts.jsonl'), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'outcomes.csv'), `id,model,score${hasCosts ? ',cost' : ''}\n${rows.join('\n')}\n`)
  return folder
}

/** In decimal digits, as the reader wants them. */
function mean(values: readonly number[]): string {
  return (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(12)
}
