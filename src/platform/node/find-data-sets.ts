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
  if (present(path, 'prompts').length > 0) return [path]
  const found = namesIn(path)
    .map((name) => join(path, name))
    .filter((folder) => present(folder, 'prompts').length > 0)
  if (found.length === 0) {
    throw new DataProblem(`${path} holds no data set: a folder with prompts.jsonl(.gz) and outcomes.csv(.gz).`)
  }
  return found.sort()
}

/** The file of a data set. Throws a DataProblem where it has none, or an unpacked one that is newer than the packed. */
export function dataFile(folder: string, kind: keyof typeof FILES): string {
  const [found, other] = present(folder, kind)
  if (found === undefined) throw new DataProblem(`${folder} has no ${FILES[kind].at(-1)}, gzipped or not.`)
  if (other !== undefined && statSync(other).mtimeMs > statSync(found).mtimeMs) {
    throw new DataProblem(`${other} is newer than ${found}, which is read where both are there. Remove one of them.`)
  }
  return found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    throw new DataProblem(`${folder} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}.`, {
      cause,
    })
  }
}

function present(folder: string, kind: keyof typeof FILES): string[] {
  return FILES[kind].map((name) => join(folder, name)).filter((path) => existsSync(path))
}
