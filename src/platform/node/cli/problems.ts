import type { Problem } from '../../../config/problem.ts'
import { createPaint } from './terminal.ts'

/** Writes every problem with its path and remedy to standard error. */
export function printProblems(problems: readonly Problem[]): void {
  const paint = createPaint(process.stderr)
  for (const { path, problem, remedy } of problems) {
    process.stderr.write(`${paint('red', '✗')} ${paint('bold', path)}: ${problem}\n  ${remedy}\n`)
  }
}
