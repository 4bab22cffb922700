import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DataProblem } from '../data-problem.ts'
import type { ExitStatus } from './program.ts'

/** Stands on the command line for a prompt that comes from standard input. */
export const FROM_INPUT = '-'

/** Of standard input as a prompt: more than a request to the gateway may hold by default. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * Bytes of a command line beyond which nothing that loads onnxruntime may be started with it: the library matches the
 * whole of /proc/self/cmdline with a recursive std::regex when it makes a session, and some 15,000 bytes overflow its
 * stack. That ends the process, so that there is nothing to catch.
 */
const LONGEST_COMMAND_LINE = 4_000

/** True where a session that this process makes might crash for the length of its command line. */
export function isTooLong(args: readonly string[]): boolean {
  return args.reduce((sum, arg) => sum + Buffer.byteLength(arg) + 1, 0) > LONGEST_COMMAND_LINE
}

/** The same command in a process of its own, the prompt on its standard input instead of among its arguments. */
export async function runWithInput(args: readonly string[], prompt: string): Promise<ExitStatus> {
  const [script = ''] = process.argv.slice(1)
  const short = args.map((arg) => (arg === prompt ? FROM_INPUT : arg))
  const child = spawn(process.execPath, [...process.execArgv, script, ...short], {
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  // A child that ends before it has read all of the prompt says why itself.
  child.stdin.on('error', () => undefined)
  // One line end is taken off what is read: this one, so that the prompt stays as it was written.
  child.stdin.end(`${prompt}\n`)
  const [status] = await once(child, 'close')
  return status === 0 || status === 2 ? status : 1
}

/** Standard input as a prompt, without a line end behind it. Throws a DataProblem where it is none. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new DataProblem(`standard input is no prompt: it has more than ${MOST_BYTES} bytes.`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '')
  } catch (cause) {
    throw new DataProblem('standard input is no prompt: it is not UTF-8 text.', { cause })
  }
}
