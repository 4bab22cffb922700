import { hash, randomBytes } from 'node:crypto'
import type { Counters } from '../../core/counters.ts'
import type { Ledger } from '../../core/ledger.ts'
import type { Peers } from '../../core/peers.ts'
import type { Background, Blobs, Clock, Inference, Log, Ports, Secrets } from '../../core/ports.ts'
import { createMemoryCounters } from '../../limits/memory-counters.ts'
import { createMemoryBlobs } from '../web/blobs-lru.ts'
import { createStore } from '../web/store-lru.ts'
import { createUndiciTransport } from './transport-undici.ts'

export { createStore } from '../web/store-lru.ts'

type NodePortsOptions = {
  readonly inference: Inference
  readonly secrets: Secrets
  readonly log: Log
  readonly ledger?: Ledger | undefined
  readonly peers?: Peers | undefined
  readonly connectMs?: number
  readonly maxSocketsPerOrigin?: number
  /** In this process's memory when left out. */
  readonly counters?: Counters | undefined
  /** Opens what gateways share. */
  readonly sharedBlobs?: (() => Blobs) | undefined
}

/** The ports as Node provides them. */
export function createNodePorts(options: NodePortsOptions): Ports {
  return {
    transport: createUndiciTransport({
      connectMs: options.connectMs ?? 5_000,
      maxSocketsPerOrigin: options.maxSocketsPerOrigin ?? 1_024,
    }),
    inference: options.inference,
    clock: nodeClock,
    secrets: options.secrets,
    background: createBackground(options.log),
    random: Math.random,
    randomId,
    createStore,
    counters:
      options.counters ??
      createMemoryCounters(nodeClock, { spentSince: spentOf(options), forgot: warnOnce(options.log) }),
    createBlobs: ({ maxBytes, isShared }) =>
      (isShared ? options.sharedBlobs?.() : undefined) ?? createMemoryBlobs(maxBytes),
    digest,
    log: options.log,
    ledger: options.ledger,
    peers: options.peers,
  }
}

/** What the ledger has of a key: a restart goes on from there. */
function spentOf({ ledger, log }: NodePortsOptions): ((key: string, since: number) => number) | undefined {
  if (ledger === undefined) return undefined
  return (key, since) => {
    try {
      return Math.round(ledger.spentSince(key, since) * NANO)
    } catch (cause) {
      log('error', 'budget_not_read', { key, problem: String(cause), counted: 'from nothing' })
      return 0
    }
  }
}

function warnOnce(log: Log): () => void {
  let isSaid = false
  return () => {
    if (!isSaid) log('warn', 'key_counts_forgotten', { why: 'too many callers for the memory of one process' })
    isSaid = true
  }
}

const NANO = 1_000_000_000

export function digest(text: string): string {
  return hash('sha256', text, 'base64')
}

/** Monotonic and wall time, and timers that do not keep the process alive. */
export const nodeClock: Clock = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  timer(milliseconds, fire) {
    const timer = setTimeout(fire, milliseconds)
    timer.unref()
    return { cancel: () => clearTimeout(timer), refresh: () => void timer.refresh() }
  },
}

const POOL_BYTES = 8_192
let pool = Buffer.alloc(0)
let offset = 0

/** `size` hexadecimal characters from the system's generator, drawn in bulk. */
export function randomId(size: number): string {
  const bytes = Math.ceil(size / 2)
  if (offset + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES)
    offset = 0
  }
  offset += bytes
  return pool.toString('hex', offset - bytes, offset).slice(0, size)
}

function createBackground(log: Log): Background {
  const running = new Set<Promise<void>>()
  return {
    run(work) {
      const task: Promise<void> = work()
        .catch((cause: unknown) => log('error', 'background_failed', { cause: String(cause) }))
        .finally(() => running.delete(task))
      running.add(task)
    },
    async drain() {
      while (running.size > 0) await Promise.all(running)
    },
  }
}
