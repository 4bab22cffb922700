import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Load and upstream share one core, the process under test has the other to itself. */
export const LOAD_CORE = 0
export const TESTED_CORE = 1

export const IS_PINNED = existsSync('/usr/bin/taskset') && availableParallelism() > 1

const running: ChildProcess[] = []
const START_MS = 30_000

/** A command line that stays on one core, where the machine can do that. */
export function onCore(core: number, commandLine: readonly string[]): [string, ...string[]] {
  const [command = '', ...rest] = commandLine
  return IS_PINNED ? ['taskset', '-c', String(core), command, ...rest] : [command, ...rest]
}

export type Started = { readonly pid: number; readonly command: string }

/** The flags of `npm start`, for both sides. */
const NODE_FLAGS = ['--max-semi-space-size=8']

/** Starts a Node program and waits until it listens on `port`. Its output goes nowhere, as a log would to a file. */
export async function startNode(
  core: number,
  script: string,
  args: readonly string[],
  port: number,
  flags: readonly string[] = [],
): Promise<Started> {
  const commandLine = onCore(core, [process.execPath, ...NODE_FLAGS, ...flags, script, ...args])
  const [command, ...rest] = commandLine
  const child = spawn(command, rest, { stdio: 'ignore' })
  running.push(child)
  const { pid } = child
  const shown = `node ${script} ${args.join(' ')}`
  if (pid === undefined) throw new Error(`${shown} could not be started.`)
  const deadline = performance.now() + START_MS
  while (!(await answers(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`It did not come up. Run it by hand to see why: ${shown}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  // taskset replaces itself by the program, so its process id is the program's.
  return { pid, command: shown }
}

/** Ends every program that was started here. */
export function stopAll(): void {
  for (const child of running) child.kill('SIGKILL')
}

/** Microseconds of CPU that all threads of a process have used. */
export function cpuMicroseconds(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((task) => {
    const [used = '0'] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')
    return Number(used)
  })
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1_000
}

/** Megabytes of memory a process holds. */
export function residentMegabytes(pid: number): number {
  return Math.round(residentKilobytes(pid) / 1_024)
}

export function residentKilobytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`)
    await response.arrayBuffer()
    return true
  } catch {
    // Not yet.
    return false
  }
}
