import { dirname, resolve } from 'node:path'
import type { Problem } from '../../../config/problem.ts'
import type { Group, UsageSum } from '../read-usage.ts'
import { readUsage } from '../read-usage.ts'
import { findConfig } from './find-config.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { columns, createPaint } from './terminal.ts'

export type UsageOptions = {
  readonly by: Group
  /** Milliseconds since 1970. */
  readonly since?: number
  readonly json?: boolean
  readonly config?: string
}

/** `thalamus usage [ledger]`: what the ledger holds, summed. */
export async function usageCommand(ledger: string | undefined, options: UsageOptions): Promise<ExitStatus> {
  const path = ledger ?? configured(options.config)
  if (typeof path !== 'string') {
    printProblems(path)
    return 1
  }
  let sums: readonly UsageSum[]
  try {
    sums = await readUsage(path, options.by, options.since ?? 0)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    printProblems([{ path, problem, remedy: 'Name a ledger that thalamus has written (ledger.sqlite).' }])
    return 1
  }
  if (options.json === true) process.stdout.write(`${JSON.stringify({ by: options.by, usage: sums }, undefined, 2)}\n`)
  else print(sums, options.by)
  return 0
}

/** The ledger that the configuration names. */
function configured(config: string | undefined): string | readonly Problem[] {
  const found = findConfig(config)
  if (found.type === 'invalid') return found.problems
  if (found.type === 'found' && found.config.ledger !== undefined) {
    return resolve(dirname(resolve(found.path)), found.config.ledger.sqlite)
  }
  const remedy =
    'Add ledger: { sqlite: usage.sqlite } to the configuration, or name a file: thalamus usage usage.sqlite.'
  return [{ path: 'ledger', problem: 'no ledger is configured', remedy }]
}

const RIGHT = [1, 2, 3, 4, 5, 6]

function print(sums: readonly UsageSum[], by: Group): void {
  const paint = createPaint(process.stdout)
  const rows = sums.map((sum) => [
    sum.name,
    String(sum.calls),
    String(sum.unseen),
    String(sum.input_tokens),
    String(sum.output_tokens),
    dollars(sum.cost_usd),
    dollars(sum.estimated_usd),
  ])
  const [title = '', ...lines] = columns(
    [[by, 'calls', 'unseen', 'tokens in', 'tokens out', 'cost', 'of it estimated'], ...rows],
    RIGHT,
  )
  process.stdout.write(`${paint('dim', title)}\n${lines.map((line) => `${line}\n`).join('')}`)
  const unpriced = sums.reduce((total, sum) => total + sum.unpriced, 0)
  if (unpriced > 0) process.stdout.write(`${paint('dim', `${unpriced} of no known price are not in the cost`)}\n`)
}

function dollars(usd: number): string {
  return `$${usd.toFixed(usd < 1 ? 6 : 2)}`
}
