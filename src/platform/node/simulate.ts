import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Defaults } from '../../simulator/behaviour.ts'
import type { Account, LedgerTotals } from '../../simulator/ledger.ts'
import type { Script, Step } from '../../simulator/script.ts'
import { createSimulator } from '../../simulator/simulator.ts'
import { randomId } from './ports.ts'

export type SimulateOptions = {
  readonly host?: string
  /** 0 takes a free one. */
  readonly port?: number
  /** For calls whose model's name does not say. */
  readonly defaults?: Partial<Defaults>
  /** Names that `GET /v1/models` lists beside the behaviours. */
  readonly models?: readonly string[]
  readonly maxBodyBytes?: number
}

export type RunningSimulator = {
  readonly url: string
  readonly port: number
  /** Closes every connection at once. */
  close(): Promise<void>
  /** Calls of models so far. */
  requests(): number
  usage(): LedgerTotals
  /** Models of the latest calls, oldest first. */
  calls(): readonly string[]
}

const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024

/** Serves the simulator over HTTP/1.1. Rejects with the system's error when the address cannot be had. */
export async function startSimulator(options: SimulateOptions = {}): Promise<RunningSimulator> {
  const { host = '127.0.0.1', port = 8788, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options
  const simulator = createSimulator({ ...options, nowMs: Date.now, randomId })

  const server = createServer((incoming, outgoing) => {
    readBody(incoming, maxBodyBytes, (body) => {
      const script =
        body === undefined
          ? simulator.refuseTooLarge(incoming.url ?? '/', maxBodyBytes)
          : simulator.respond(incoming.method ?? 'GET', incoming.url ?? '/', body)
      const account = script.model === undefined ? undefined : simulator.ledger.open(script.model)
      // A script that fails is a mistake of ours, on this one connection; the others go on.
      play(script, outgoing, account).catch(() => outgoing.destroy())
    })
  })
  server.keepAliveTimeout = 75_000

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, 2_048, () => resolve())
  })
  const address = server.address()
  const boundPort = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${boundPort}`,
    port: boundPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
    requests: () => simulator.ledger.totals().requests,
    usage: () => simulator.ledger.totals(),
    calls: () => simulator.ledger.latest(),
  }
}

/** A body over the limit is read to its end all the same, and forgotten: closing early would reset the connection. */
function readBody(incoming: IncomingMessage, maxBytes: number, done: (body: string | undefined) => void): void {
  let chunks: Buffer[] = []
  let size = 0
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else chunks = []
  })
  incoming.on('end', () => {
    const [only] = chunks
    const whole = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
    done(size > maxBytes ? undefined : whole.toString())
  })
  // A client that leaves while it still sends has asked for nothing.
  incoming.on('error', () => undefined)
}

/** Plays a script on one response. Whatever the client does, the account is closed once. */
async function play(script: Script, outgoing: ServerResponse, account: Account | undefined): Promise<void> {
  let isClosedByUs = false
  let hasLeft = outgoing.destroyed
  let wake: (() => void) | undefined
  let timer: NodeJS.Timeout | undefined
  let unsent = 0
  let isClosing = false
  outgoing.once('close', () => {
    hasLeft = true
    clearTimeout(timer)
    account?.ended(!outgoing.writableFinished && !isClosedByUs)
    wake?.()
  })
  if (hasLeft) account?.ended(true)

  /** Until `start`'s callback, or until the client leaves. */
  function pause(start: (resume: () => void) => void): Promise<void> {
    if (hasLeft) return Promise.resolve()
    return new Promise((resolve) => {
      wake = resolve
      start(resolve)
    })
  }

  async function perform(step: Step): Promise<void> {
    switch (step.type) {
      case 'whole':
        openAccount(step.head.status)
        account?.sent(step.tokens)
        outgoing.writeHead(
          step.head.status,
          step.isStream ? step.head.headers : { ...step.head.headers, 'content-length': Buffer.byteLength(step.body) },
        )
        outgoing.end(step.body)
        return
      case 'head':
        openAccount(step.head.status)
        outgoing.writeHead(step.head.status, step.head.headers)
        outgoing.flushHeaders()
        return
      case 'send':
        account?.sent(step.tokens)
        unsent += 1
        if (!outgoing.write(step.data, onSent)) await pause((resume) => outgoing.once('drain', resume))
        return
      case 'wait':
        await pause((resume) => {
          if (step.milliseconds === 0) setImmediate(resume)
          else timer = setTimeout(resume, step.milliseconds)
        })
        return
      case 'end':
        outgoing.end()
        return
      case 'stall':
        await pause(() => undefined)
        return
      case 'close':
        isClosing = true
        // What has been written must be on its way first: closing throws away what still waits in the process.
        if (unsent > 0) await pause(() => undefined)
        isClosedByUs = true
        outgoing.destroy()
        return
      case 'reset':
        isClosedByUs = true
        outgoing.socket?.resetAndDestroy()
        return
      default: {
        const unhandled: never = step
        throw new Error(`Unknown step ${String(unhandled)}`)
      }
    }
  }

  function openAccount(status: number): void {
    if (status === 200) account?.answered(script.promptTokens)
  }

  function onSent(): void {
    unsent -= 1
    if (unsent === 0 && isClosing) wake?.()
  }

  for (const step of script.steps) {
    if (hasLeft) return
    await perform(step)
  }
}
