import type { ChildProcess } from 'node:child_process'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { eventually } from '../flow/start-gateway.ts'
import { freePort } from '../free-port.ts'

const PROGRAM = 'redis-server'

export type TestRedis = {
  readonly url: string
  /** `kill -9`: nothing of it is kept, unless it was `saved`. */
  kill(): Promise<void>
  freeze(): void
  thaw(): void
  /** On the same port. */
  start(): Promise<void>
  command(...words: string[]): Promise<unknown>
  stop(): Promise<void>
}

/** Whether to skip what needs a server of Redis: never in CI, and elsewhere only with the reason on the terminal. */
export function lacksRedis(): boolean {
  if (process.env['CI'] === 'true' || spawnSync(PROGRAM, ['--version']).status === 0) return false
  process.stderr.write(`skipped: ${PROGRAM} is not there; bash .ci/prepare-store brings it\n`)
  return true
}

/** A real server on a port of its own. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-redis-'))
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no']
    child = spawn(PROGRAM, options, { stdio: 'ignore' })
    await eventually('the server of Redis', async () => (await command('PING').catch(() => undefined)) === 'PONG')
  }

  async function command(...words: string[]): Promise<unknown> {
    const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: false } })
    client.on('error', () => undefined)
    await client.connect()
    try {
      return await client.sendCommand(words)
    } finally {
      client.destroy()
    }
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  await start()
  return {
    url,
    start,
    command,
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop: kill,
  }
}
