import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandOf } from '../runtimes/command-of.ts'

export const MAIN = fileURLToPath(new URL('../../src/platform/node/main.ts', import.meta.url))

export type Finished = { readonly status: number | null; readonly stdout: string; readonly stderr: string }

export type Options = {
  /** Becomes ./thalamus.yaml of the folder the program runs in. */
  readonly config?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Where the program runs; a new folder when not said. */
  readonly folder?: string
  /** What stands on its standard input. */
  readonly input?: string | Buffer
  /** `node`, `bun` or `deno`; that of the project when left out. */
  readonly runtime?: string
}

export type Running = {
  readonly url: string
  readonly folder: string
  readonly output: () => string
  /** Resolves when the output has matched. */
  until(pattern: RegExp): Promise<void>
  /** Replaces ./thalamus.yaml as an editor does: another file, renamed. */
  edit(config: string): void
  signal(name: NodeJS.Signals): void
  readonly finished: Promise<Finished>
  stop(): Promise<Finished>
}

// The first start of a runtime that keeps no compiled code takes its time on a busy machine.
const DEADLINE_MS = process.env['THALAMUS_FLOW'] === undefined ? 15_000 : 60_000

export type Launched = {
  readonly child: ChildProcess
  readonly folder: string
  readonly finished: Promise<Finished>
  readonly seen: Seen
}
type Seen = { stdout: string; stderr: string; onOutput: () => void }

/** The real program, run to its end in an empty folder. */
export function runProgram(args: readonly string[], options: Options = {}): Promise<Finished> {
  return launchProgram(args, options).finished
}

/** The real program, once it answers. */
export async function startProgram(args: readonly string[], options: Options = {}): Promise<Running> {
  const { child, folder, finished, seen } = launchProgram(args, options)
  const output = (): string => seen.stdout + seen.stderr
  const until = async (pattern: RegExp): Promise<void> => {
    const deadline = Date.now() + DEADLINE_MS
    while (!pattern.test(output())) {
      const { promise, resolve } = Promise.withResolvers<void>()
      seen.onOutput = resolve
      const timer = setTimeout(resolve, deadline - Date.now())
      const ended = await Promise.race([promise, finished])
      clearTimeout(timer)
      if (pattern.test(output())) return
      if (ended !== undefined) throw new Error(`The program ended with ${ended.status} before ${pattern}: ${output()}`)
      if (Date.now() >= deadline) throw new Error(`Waited in vain for ${pattern}: ${output()}`)
    }
  }
  await until(/listening on https?:\/\/\S+/).catch((cause: unknown) => {
    child.kill('SIGKILL')
    throw cause
  })
  const [, url = ''] = /listening on (https?:\/\/\S+)/.exec(output()) ?? []
  return {
    url,
    folder,
    output,
    until,
    edit: (config) => writeConfig(folder, config),
    signal: (name) => void child.kill(name),
    finished,
    stop() {
      child.kill('SIGTERM')
      return finished
    },
  }
}

/** Node, or the runtime whose project this test runs in: vitest.config.ts. */
function runtimeCommand(runtime = process.env['THALAMUS_FLOW'] ?? 'node'): readonly [string, ...string[]] {
  return runtime === 'node' ? [process.execPath] : commandOf(runtime)
}

/** The real program, just started. */
export function launchProgram(args: readonly string[], options: Options = {}): Launched {
  const { config, environment = {}, folder = mkdtempSync(join(tmpdir(), 'thalamus-cli-')), input } = options
  if (config !== undefined) writeConfig(folder, config)
  const { PATH = '', HOME = '' } = process.env
  const [command, ...first] = runtimeCommand(options.runtime)
  const child = spawn(command, [...first, MAIN, ...args], {
    cwd: folder,
    env: { PATH, HOME, ...environment },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  const seen: Seen = { stdout: '', stderr: '', onOutput: () => undefined }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen.stdout += text
    seen.onOutput()
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    seen.stderr += text
    seen.onOutput()
  })
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => resolve({ status, stdout: seen.stdout, stderr: seen.stderr }))
  })
  return { child, folder, finished, seen }
}

function writeConfig(folder: string, config: string): void {
  const written = join(folder, 'thalamus.yaml.new')
  writeFileSync(written, config)
  renameSync(written, join(folder, 'thalamus.yaml'))
}

/** A chat request as any HTTP client sends it. */
export function chat(
  url: string,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], ...body }),
  })
}
