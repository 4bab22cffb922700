import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { LOAD_CORE, onCore } from './processes.ts'

const run = promisify(execFile)
const here = import.meta.dirname

export type Load = {
  readonly url: string
  readonly bodyFile: string
  readonly connections: number
  readonly seconds: number
}

/** The load generator there is. */
export const GENERATOR = ['/usr/bin/wrk', '/usr/local/bin/wrk', '/opt/homebrew/bin/wrk'].find(existsSync) ?? 'undici'

/** Requests answered in a closed loop. Throws when one failed: the figures of a run with errors mean nothing. */
export async function applyLoad(load: Load): Promise<number> {
  const { requests, failures } = GENERATOR === 'undici' ? await loadWithUndici(load) : await loadWithWrk(load)
  if (failures > 0) throw new Error(`${failures} requests to ${load.url} failed.`)
  if (requests === 0) throw new Error(`No request to ${load.url} was answered.`)
  return requests
}

type Counted = { readonly requests: number; readonly failures: number }

async function loadWithWrk({ url, bodyFile, connections, seconds }: Load): Promise<Counted> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', `${here}/post.lua`, url]
  const [command, ...rest] = onCore(LOAD_CORE, [GENERATOR, ...args])
  const { stdout } = await run(command, rest, { env: { ...process.env, BENCH_BODY: bodyFile } })
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout)
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)
  const failures = [...(errors?.slice(1) ?? []), refused?.[1] ?? '0'].reduce((sum, count) => sum + Number(count), 0)
  return { requests: Number(/(\d+) requests in/.exec(stdout)?.[1] ?? 0), failures }
}

async function loadWithUndici({ url, bodyFile, connections, seconds }: Load): Promise<Counted> {
  const script = [process.execPath, `${here}/load-undici.ts`, url, bodyFile, String(connections), String(seconds)]
  const [command, ...rest] = onCore(LOAD_CORE, script)
  const { stdout } = await run(command, rest)
  return JSON.parse(stdout)
}
