import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { readRecord } from '../../decision-log/read-record.ts'
import type { LogRecord } from '../../decision-log/record.ts'
import { DataProblem } from './data-problem.ts'

export type DecisionLogReading = {
  readonly records: AsyncIterable<LogRecord>
  /** Lines so far that are no whole record: cut when the process died, or no lines of such a log. */
  skipped(): number
  /** Of all the bytes, those read so far, 0..1. */
  share(): number
}

/**
 * The records of a decision log, oldest first: of the full files `path.9`, …, `path.1` and then of `path` itself. A full
 * file's own name reads that one alone. Throws a DataProblem where there is none.
 */
export function readDecisionLog(path: string): DecisionLogReading {
  const files = filesOf(path)
  const total = files.reduce((sum, file) => sum + statSync(file).size, 0)
  let read = 0
  let skipped = 0

  async function* records(): AsyncGenerator<LogRecord> {
    for (const file of files) {
      for await (const line of createInterface({
        input: createReadStream(file),
        crlfDelay: Number.POSITIVE_INFINITY,
      })) {
        read += Buffer.byteLength(line) + 1
        if (line === '') continue
        const record = readRecord(line)
        if (record === undefined) skipped += 1
        else yield record
      }
    }
  }

  return { records: records(), skipped: () => skipped, share: () => (total === 0 ? 1 : Math.min(1, read / total)) }
}

function filesOf(path: string): string[] {
  if (!existsSync(path)) {
    throw new DataProblem(`There is no ${path}. Give the file that telemetry.decision_log.path names.`)
  }
  if (statSync(path).isDirectory()) throw new DataProblem(`${path} is a folder. Give the decision log in it.`)
  const name = basename(path)
  const ages = readdirSync(dirname(path)).flatMap((other) => {
    const age = other.startsWith(`${name}.`) ? other.slice(name.length + 1) : ''
    return /^\d+$/.test(age) ? [Number(age)] : []
  })
  const full = ages.toSorted((left, right) => right - left).map((age) => join(dirname(path), `${name}.${age}`))
  return [...full, path]
}
