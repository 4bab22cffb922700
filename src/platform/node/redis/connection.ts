import { createClient } from '@redis/client'
import type { Log } from '../../../core/ports.ts'
import { randomId } from '../ports.ts'
import type { Script } from './scripts.ts'

/** A server of Redis's protocol: never waited for longer than a deadline, and looked for until it is back. */
export type StoreConnection = {
  /** Rejects at once while the server is known to be away, and when it does not answer in time. */
  run(script: Script, keys: readonly string[], args: readonly string[]): Promise<unknown>
  send(command: readonly string[]): Promise<unknown>
  isUp(): boolean
  /** Why it is not. */
  problem(): string | undefined
  /** Milliseconds since 1970 by the server's clock. */
  now(): number
  /** How many lives of the server were seen: one that was restarted or emptied may have lost what it knew. */
  lives(): number
  /** Looks for a new life of the server at once. */
  look(): Promise<void>
  /** Milliseconds since its last life began to be seen, by the monotonic clock. */
  age(): number
  /** Resolves when the server has answered for the first time, or after `milliseconds`. */
  opened(milliseconds: number): Promise<void>
  close(): Promise<void>
}

export type ConnectionWatch = {
  /** Whenever the server has proved to be there: about every second. */
  alive(): void
  answered(milliseconds: number): void
  failed(): void
  changed(isUp: boolean): void
}

type ConnectionOptions = {
  readonly url: string
  readonly timeoutMs: number
  readonly log: Log
  /** A server that takes nothing more, being full or a replica, still serves: nothing is counted there. */
  readonly mayRefuseWrites?: boolean
}

const CONNECT_MS = 2_000
const PROBE_MS = 1_000
const SOON_MS = 50
/** Unanswered for so long, a connection is given up for a new one: its other end may be gone without a word. */
const DEAD_MS = 5_000
const MOST_FAILURES = 3
const SILENT = 'it does not answer'
// Kept in the server, so that one that was emptied is told from one that was not.
const LIFE = 'thalamus:life'
const LIFE_S = 30 * 86_400
const LIFE_SIZE = 16
const OFFLINE = 'The client is offline'

export function connectStore(
  { url, timeoutMs, log, mayRefuseWrites = false }: ConnectionOptions,
  watch: ConnectionWatch,
): StoreConnection {
  let isUp = false
  let isClosed = false
  let problem: string | undefined = 'it has not answered yet'
  let failures = 0
  let serverId: string | undefined
  let keptLife: string | undefined
  let lives = 0
  let bornAt = performance.now()
  // Its clock, less the monotonic one: nobody sets that.
  let offsetMs = Date.now() - performance.now()
  let timer: NodeJS.Timeout | undefined
  let isProbing = false
  const first = Promise.withResolvers<void>()
  let client = open()
  probeIn(0)

  function open() {
    const opening = createClient({
      url,
      RESP: 2,
      disableOfflineQueue: true,
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 300) },
    })
    opening.on('error', (cause: unknown) => {
      if (opening === client) down(describe(cause))
    })
    opening.connect().catch((cause: unknown) => down(describe(cause)))
    return opening
  }

  function down(reason: string): void {
    // That a command found no connection does not say why.
    if (reason !== OFFLINE || problem === undefined) problem = reason
    if (!isUp) return
    isUp = false
    watch.changed(false)
    log('error', 'store_down', { problem: reason })
    if (!isProbing) probeIn(SOON_MS)
  }

  function probeIn(milliseconds: number): void {
    clearTimeout(timer)
    if (isClosed) return
    timer = setTimeout(probe, milliseconds)
    timer.unref()
  }

  /** One at a time: a server that is frozen is not asked again until it has answered, or is given up. */
  function probe(): void {
    if (isProbing) return
    isProbing = true
    const probed = client
    const startedAt = performance.now()
    // Written, too: a server that may only be read, or is full, counts nothing.
    const id = randomId(LIFE_SIZE)
    const asked = Promise.all([
      probed.sendCommand(['TIME']),
      probed.sendCommand(['INFO', 'server']),
      mayRefuseWrites ? undefined : probed.sendCommand(lifeCommand(id)),
    ])
    within(asked, timeoutMs, SILENT).catch((cause: unknown) => {
      if (probed === client && !isClosed) down(describe(cause))
    })
    within(asked, DEAD_MS, SILENT).then(
      ([time, info, life]) => {
        isProbing = false
        if (probed !== client || isClosed) return
        saw(mayRefuseWrites ? '' : (kept(life) ?? id), /^run_id:(\w+)/m.exec(String(info))?.[1] ?? '')
        up(time, performance.now() - startedAt)
        probeIn(PROBE_MS)
      },
      () => {
        isProbing = false
        if (isClosed) return
        if (performance.now() - startedAt >= DEAD_MS) {
          probed.destroy()
          client = open()
        }
        probeIn(SOON_MS)
      },
    )
  }

  function saw(life: string, ofServer: string | undefined): void {
    if (life === keptLife && ofServer === serverId) return
    keptLife = life
    serverId = ofServer
    lives += 1
    bornAt = performance.now()
  }

  function up(time: unknown, passedMs: number): void {
    failures = 0
    const [seconds, micros] = Array.isArray(time) ? time.map(Number) : []
    if (seconds !== undefined && micros !== undefined)
      offsetMs = seconds * 1_000 + micros / 1_000 + passedMs / 2 - performance.now()
    if (!isUp) {
      isUp = true
      problem = undefined
      watch.changed(true)
      log('info', 'store_up', { restarted: lives > 1 })
    }
    watch.alive()
    first.resolve()
  }

  async function ask(command: readonly string[]): Promise<unknown> {
    if (!isUp) throw new Error(problem)
    const startedAt = performance.now()
    try {
      const answer = await within(client.sendCommand([...command]), timeoutMs, `no answer within ${timeoutMs} ms`)
      failures = 0
      watch.answered(performance.now() - startedAt)
      return answer
    } catch (cause) {
      if (isRefusal(cause) || (mayRefuseWrites && isFull(cause))) throw cause
      failures += 1
      watch.failed()
      if (failures >= MOST_FAILURES) down(describe(cause))
      throw cause
    }
  }

  return {
    send: ask,
    async run({ text, sha1 }, keys, args) {
      const rest = [String(keys.length), ...keys, ...args]
      try {
        return await ask(['EVALSHA', sha1, ...rest])
      } catch (cause) {
        if (!describe(cause).startsWith('NOSCRIPT')) throw cause
        return ask(['EVAL', text, ...rest])
      }
    },
    async look() {
      const id = randomId(LIFE_SIZE)
      saw(kept(await ask(lifeCommand(id))) ?? id, serverId)
    },
    isUp: () => isUp,
    problem: () => problem,
    now: () => performance.now() + offsetMs,
    lives: () => lives,
    age: () => performance.now() - bornAt,
    opened(milliseconds) {
      const late = Promise.withResolvers<void>()
      const waiting = setTimeout(late.resolve, milliseconds)
      return Promise.race([first.promise, late.promise]).finally(() => clearTimeout(waiting))
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      client.destroy()
      return Promise.resolve()
    },
  }
}

/** What it keeps of its life, which begins where there is none. */
function lifeCommand(id: string): string[] {
  return ['SET', LIFE, id, 'NX', 'GET', 'EX', String(LIFE_S)]
}

function kept(life: unknown): string | undefined {
  return typeof life === 'string' ? life : undefined
}

/** The promise, or a rejection that says `what`. A thread that was busy for longer reads what has arrived meanwhile first. */
function within<Value>(promise: Promise<Value>, milliseconds: number, what: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new Error(what))), milliseconds)
    const over = (): void => clearTimeout(timer)
    promise.then(
      (value) => {
        over()
        resolve(value)
      },
      (cause: unknown) => {
        over()
        reject(cause)
      },
    )
  })
}

/** It is there, and keeps nothing more. */
function isFull(cause: unknown): boolean {
  return /^(?:OOM|READONLY|MISCONF)\b/.test(describe(cause))
}

/** The server's own word on a command: it is there. */
function isRefusal(cause: unknown): boolean {
  return /^(?:NOSCRIPT|ERR|WRONGTYPE|NOPERM)\b/.test(describe(cause))
}

/** Without addresses: they may hold a password. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it failed'
  const { code } = cause as { readonly code?: unknown }
  return cause.message === '' ? String(code ?? cause.name) : cause.message.slice(0, 200)
}
