import type { RunningSimulator } from '../simulate.ts'
import { startSimulator } from '../simulate.ts'
import { listenProblem } from './listen-problem.ts'
import { printProblems } from './problems.ts'
import type { ExitStatus } from './program.ts'
import { untilStopped } from './signals.ts'

/** `thalamus simulate`: serves until it is told to stop. */
export async function simulateCommand(options: { readonly port: number; readonly host: string }): Promise<ExitStatus> {
  let simulator: RunningSimulator
  try {
    simulator = await startSimulator(options)
  } catch (cause) {
    printProblems([listenProblem(cause, options.host, options.port)])
    return 1
  }
  process.stdout.write(`listening on ${simulator.url}\n`)
  await untilStopped()
  await simulator.close()
  return 0
}
