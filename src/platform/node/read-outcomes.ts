import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { EvalPrompt, Outcomes } from '../../eval/outcomes.ts'
import { sideOf } from '../../eval/split.ts'
import { answerTokens, costOfCall, readPrices } from './read-prices.ts'

/** Something about the data that the person who runs `eval` has to mend. */
export class DataProblem extends Error {}

const PROMPTS = ['prompts.jsonl.gz', 'prompts.jsonl']
const OUTCOMES = ['outcomes.csv.gz', 'outcomes.csv']

/** The data set in `path`, or those in its folders: `prompts.jsonl` and `outcomes.csv`, gzipped or not. */
export function findDataSets(path: string): string[] {
  if (!existsSync(path)) throw new DataProblem(`There is no ${path}. Give --data a folder of data sets.`)
  if (!statSync(path).isDirectory()) throw new DataProblem(`${path} is a file. Give --data the folder it is in.`)
  if (present(path, PROMPTS) !== undefined) return [path]
  const found = readdirSync(path)
    .map((name) => join(path, name))
    .filter((folder) => statSync(folder).isDirectory() && present(folder, PROMPTS) !== undefined)
  if (found.length === 0) {
    throw new DataProblem(`${path} holds no data set: a folder with prompts.jsonl(.gz) and outcomes.csv(.gz).`)
  }
  return found.sort()
}

export type ReadOptions = {
  /** The column of outcomes.csv that holds the score. */
  readonly score?: string
  /** Folders beside the set that no router was made from: questions they share with it stay clean. */
  readonly neverSeen?: ReadonlySet<string>
}

/** Reads one data set. Throws a DataProblem that names file and line. */
export function readOutcomes(folder: string, { score: scoreColumn = 'score', neverSeen }: ReadOptions = {}): Outcomes {
  const prompts = readPrompts(folder, neverSeen ?? new Set())
  const rowOf = new Map(prompts.map(({ id }, row) => [id, row]))
  const file = required(folder, OUTCOMES)
  const [head = '', ...lines] = textOf(file).split(/\r?\n/)
  const names = fields(head)
  const column = (name: string): number => names.indexOf(name)
  for (const name of ['id', 'model', scoreColumn]) {
    if (column(name) < 0) throw new DataProblem(`${file}:1: there is no column "${name}".`)
  }
  const prices = readPrices(folder)
  const rows = lines.flatMap((line, index) => {
    if (line === '') return []
    const cells = fields(line)
    const written = cells[column(scoreColumn)]
    const score = Number(written)
    const row = rowOf.get(cells[column('id')] ?? '')
    const model = cells[column('model')] ?? ''
    if (written === '' || Number.isNaN(score) || score < 0) {
      throw new DataProblem(`${file}:${index + 2}: the score "${written}" is no number of 0 or more.`)
    }
    if (row === undefined) return []
    const number = (name: string): number | undefined => {
      const cell = cells[column(name)]
      return cell === undefined || cell === '' ? undefined : Number(cell)
    }
    const price = prices.get(model)
    const estimated = price === undefined ? Number.NaN : costOfCall(price, prompts[row]?.text.length ?? 0, number)
    return [{ row, model, score, cost: number('cost') ?? estimated, length: answerTokens(number) ?? Number.NaN }]
  })
  const models = [...new Set(rows.map(({ model }) => model))].sort()
  const columnOf = new Map(models.map((model, index) => [model, index]))
  const scores = new Float64Array(prompts.length * models.length).fill(Number.NaN)
  const costs = new Float64Array(scores.length).fill(Number.NaN)
  const highest = scaleOfDatasets(rows.map(({ row, score }) => ({ dataset: prompts[row]?.dataset ?? '', score })))
  const lengths = new Float64Array(scores.length).fill(Number.NaN)
  for (const { row, model, score, cost, length } of rows) {
    const cell = row * models.length + (columnOf.get(model) ?? 0)
    scores[cell] = score / (highest.get(prompts[row]?.dataset ?? '') ?? 1)
    costs[cell] = cost
    lengths[cell] = length
  }
  const hasCosts = rows.length > 0 && rows.every(({ cost }) => cost >= 0)
  return {
    id: basename(resolve(folder)),
    prompts,
    models,
    scores,
    costs: hasCosts ? costs : undefined,
    lengths: lengths.some((tokens) => tokens > 0) ? lengths : undefined,
  }
}

/** What scores of each data set are out of: 1, or the power of ten that holds them, as for marks of 1 to 10. */
function scaleOfDatasets(
  rows: readonly { readonly dataset: string; readonly score: number }[],
): ReadonlyMap<string, number> {
  const most = new Map<string, number>()
  for (const { dataset, score } of rows) most.set(dataset, Math.max(score, most.get(dataset) ?? 1))
  return new Map([...most].map(([dataset, score]) => [dataset, 10 ** Math.ceil(Math.log10(score))]))
}

/**
 * A prompt without a text (`null`) is left out. Where the set marks prompts as `contaminated`, so are those that it
 * shares with the sets beside it, unless `neverSeen` names them: a router may have been trained on these.
 */
function readPrompts(folder: string, neverSeen: ReadonlySet<string>): EvalPrompt[] {
  const rows = readPromptRows(folder)
  const marks = rows.some(({ contaminated }) => contaminated !== undefined)
  // A data set whose name says neither side, beside others whose names do, is one that nobody trained on.
  const hasSides = rows.some(({ dataset }) => sideOf(dataset) !== undefined)
  const elsewhere = marks ? keysBeside(folder, neverSeen) : new Set()
  return rows.flatMap(({ id, key, dataset, prompt, contaminated, side }) => {
    if (prompt === null) return []
    return [
      {
        id,
        key,
        dataset,
        text: prompt,
        isContaminated: contaminated === true || elsewhere.has(key),
        isLeftOut: contaminated === true,
        side: side ?? sideOf(dataset) ?? (hasSides ? 'test' : undefined),
      },
    ]
  })
}

function keysBeside(folder: string, neverSeen: ReadonlySet<string>): Set<string> {
  const others = findDataSets(dirname(resolve(folder))).filter(
    (other) => resolve(other) !== resolve(folder) && !neverSeen.has(basename(resolve(other))),
  )
  return new Set(others.flatMap((other) => readPromptRows(other).map(({ key }) => key)))
}

type PromptRow = Omit<EvalPrompt, 'text' | 'isContaminated' | 'isLeftOut'> & {
  readonly prompt: string | null
  readonly contaminated: boolean | undefined
}

function readPromptRows(folder: string): PromptRow[] {
  const file = required(folder, PROMPTS)
  const lines = textOf(file).split('\n')
  return lines.flatMap((line, index) => {
    if (line === '') return []
    let value: { readonly [name: string]: unknown }
    try {
      value = JSON.parse(line)
    } catch {
      throw new DataProblem(`${file}:${index + 1}: this line is not JSON.`)
    }
    const { id, key, dataset, prompt, contaminated, split } = value
    if (typeof id !== 'string' || (typeof prompt !== 'string' && prompt !== null)) {
      throw new DataProblem(`${file}:${index + 1}: a prompt needs "id" and "prompt", both texts.`)
    }
    return [
      {
        id,
        key: typeof key === 'string' ? key : id,
        dataset: typeof dataset === 'string' ? dataset : basename(resolve(folder)),
        prompt,
        contaminated: typeof contaminated === 'boolean' ? contaminated : undefined,
        side: split === 'train' || split === 'test' ? split : undefined,
      },
    ]
  })
}

function required(folder: string, names: readonly string[]): string {
  const found = present(folder, names)
  if (found !== undefined) return found
  throw new DataProblem(`${folder} has no ${names.at(-1)}, gzipped or not.`)
}

function present(folder: string, names: readonly string[]): string | undefined {
  return names.map((name) => join(folder, name)).find((path) => existsSync(path))
}

function textOf(file: string): string {
  const bytes = readFileSync(file)
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

/** One line of a CSV file (RFC 4180); a field holds no line break in this format. */
function fields(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}
