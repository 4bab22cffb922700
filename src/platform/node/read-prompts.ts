import { basename, dirname, resolve } from 'node:path'
import { isJsonObject } from '../../core/json.ts'
import type { EvalPrompt } from '../../eval/outcomes.ts'
import { sideOf } from '../../eval/split.ts'
import { DataProblem } from './data-problem.ts'
import { dataFile, findDataSets } from './find-data-sets.ts'
import { readLines } from './read-text.ts'

/** The prompts of a set that have a text, the ids of those that have none, and how many lines only repeat another. */
export type ReadPrompts = {
  readonly prompts: readonly EvalPrompt[]
  readonly untold: ReadonlySet<string>
  readonly repeated: number
  /** Why sets beside it could not be read for the questions they share with it. */
  readonly unreadBeside: readonly string[]
}

/**
 * A prompt without a text (`null`) is left out. Where the set marks prompts as `contaminated`, so are those that it
 * shares with the sets beside it, unless `neverSeen` names them: a router may have been trained on these.
 */
export function readPrompts(folder: string, neverSeen: ReadonlySet<string>): ReadPrompts {
  const { rows, repeated } = readPromptRows(folder)
  const marks = rows.some(({ contaminated }) => contaminated !== undefined)
  // A data set whose name says neither side, beside others whose names do, is one that nobody trained on.
  const hasSides = rows.some(({ dataset }) => sideOf(dataset) !== undefined)
  const { keys: elsewhere, unread: unreadBeside } = marks ? keysBeside(folder, neverSeen) : NOTHING_BESIDE
  const prompts = rows.flatMap(({ id, key, dataset, prompt, contaminated, side, unknownSide }) => {
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
        unknownSide,
      },
    ]
  })
  const untold = new Set(rows.flatMap(({ id, prompt }) => (prompt === null ? [id] : [])))
  return { prompts, untold, repeated, unreadBeside }
}

/** Names of a set's data sets, in their order. */
export function readDatasets(folder: string): string[] {
  return [...new Set(readPromptRows(folder).rows.map(({ dataset }) => dataset))]
}

type Beside = { readonly keys: ReadonlySet<string>; readonly unread: readonly string[] }

const NOTHING_BESIDE: Beside = { keys: new Set(), unread: [] }

/** What stands beside a set need not belong to it: a folder that cannot be read is passed over, and that is said. */
function keysBeside(folder: string, neverSeen: ReadonlySet<string>): Beside {
  const keys = new Set<string>()
  const unread: string[] = []
  const orSay = <Value>(read: () => Value, otherwise: Value): Value => {
    try {
      return read()
    } catch (thrown) {
      if (!(thrown instanceof DataProblem)) throw thrown
      unread.push(thrown.message)
      return otherwise
    }
  }
  for (const other of orSay(() => findDataSets(dirname(resolve(folder))), [])) {
    if (resolve(other) === resolve(folder) || neverSeen.has(basename(resolve(other)))) continue
    for (const { key } of orSay(() => readPromptRows(other).rows, [])) keys.add(key)
  }
  return { keys, unread }
}

type PromptRow = Omit<EvalPrompt, 'text' | 'isContaminated' | 'isLeftOut'> & {
  readonly prompt: string | null
  readonly contaminated: boolean | undefined
}

function readPromptRows(folder: string): { readonly rows: readonly PromptRow[]; readonly repeated: number } {
  const file = dataFile(folder, 'prompts')
  const found = new Map<string, { readonly row: PromptRow; readonly line: number }>()
  let repeated = 0
  for (const [index, text] of readLines(file).entries()) {
    if (text.trim() === '') continue
    const line = index + 1
    const row = promptRow(text, `${file}:${line}`, basename(resolve(folder)))
    const known = found.get(row.id)
    if (known === undefined) found.set(row.id, { row, line })
    else if (JSON.stringify(known.row) === JSON.stringify(row)) repeated += 1
    else {
      throw new DataProblem(
        `${file}:${line}: the id "${row.id}" stands on line ${known.line} too, with something else. Give each prompt an id of its own; \`key\` says that two are one question.`,
      )
    }
  }
  return { rows: [...found.values()].map(({ row }) => row), repeated }
}

function promptRow(text: string, place: string, usualDataset: string): PromptRow {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new DataProblem(`${place}: this line is not JSON.`, { cause })
  }
  const { id, key, dataset, prompt, contaminated, split } = isJsonObject(value) ? value : {}
  if (typeof id !== 'string' || id === '' || (typeof prompt !== 'string' && prompt !== null)) {
    throw new DataProblem(`${place}: a prompt needs "id" and "prompt", both texts.`)
  }
  for (const [name, given] of Object.entries({ key, dataset })) {
    if (typeof given !== 'string' && given !== undefined && given !== null) {
      throw new DataProblem(`${place}: "${name}" is a text, not ${JSON.stringify(given)}.`)
    }
  }
  if (typeof contaminated !== 'boolean' && contaminated !== undefined && contaminated !== null) {
    throw new DataProblem(`${place}: "contaminated" is true or false, not ${JSON.stringify(contaminated)}.`)
  }
  return {
    id,
    key: typeof key === 'string' ? key : id,
    dataset: typeof dataset === 'string' ? dataset : usualDataset,
    prompt,
    contaminated: contaminated ?? undefined,
    side: isSide(split) ? split : undefined,
    unknownSide: isSide(split) || split === undefined || split === null ? undefined : JSON.stringify(split),
  }
}

function isSide(value: unknown): value is 'train' | 'test' {
  return value === 'train' || value === 'test'
}
