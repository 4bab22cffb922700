import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataProblem } from './data-problem.ts'

const FILES = {
  prompts: ['prompts.jsonl.gz', 'prompts.jsonl'],
  outcomes: ['outcomes.csv.gz', 'outcomes.csv'],
} as const

/** The data set in `path`, or those in its folders: `prompts.jsonl` and `outcomes.csv`, gzipped or not. */
export function findDataSets(path: string): string[] {
  if (!existsSync(path)) throw new DataProblem(`There is no ${path}. Give --data a folder of data sets.`)
  if (!statSync(path).isDirectory()) throw new DataProblem(`${path} is a file. Give --data the folder it is in.`)
  if (present(path, 'prompts') !== undefined) return [path]
  const found = readdirSync(path)
    .map((name) => join(path, name))
    .filter((folder) => present(folder, 'prompts') !== undefined)
  if (found.length === 0) {
    throw new DataProblem(`${path} holds no data set: a folder with prompts.jsonl(.gz) and outcomes.csv(.gz).`)
  }
  return found.sort()
}

/** The file of a data set. Throws a DataProblem where it has none. */
export function dataFile(folder: string, kind: keyof typeof FILES): string {
  const found = present(folder, kind)
  if (found !== undefined) return found
  throw new DataProblem(`${folder} has no ${FILES[kind].at(-1)}, gzipped or not.`)
}

function present(folder: string, kind: keyof typeof FILES): string | undefined {
  return FILES[kind].map((name) => join(folder, name)).find((path) => existsSync(path))
}
