import { startSimulator } from '../simulate.ts'
import type { ExitStatus } from './program.ts'
import { untilStopped } from './signals.ts'

/** `thalamus simulate`: serves until it is told to stop. */
export async function simulateCommand(options: { readonly port: number; readonly host: string }): Promise<ExitStatus> {
  const simulator = await startSimulator(options)
  process.stdout.write(`listening on ${simulator.url}\n`)
  await untilStopped()
  await simulator.close()
  return 0
}
