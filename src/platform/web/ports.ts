import type { Counters } from '../../core/counters.ts'
import type { Background, Blobs, BlobsOptions, Clock, Log, Ports, Secrets, Transport } from '../../core/ports.ts'
import { createMemoryCounters } from '../../limits/memory-counters.ts'
import { createMemoryBlobs } from './blobs-lru.ts'
import { webClock } from './clock.ts'
import { randomId } from './random-id.ts'
import { sha256 } from './sha256.ts'
import { createStore } from './store-lru.ts'

type WebPortsOptions = {
  readonly transport: Transport
  readonly secrets: Secrets
  readonly log: Log
  readonly background: Background
  /** The runtime's own when left out. */
  readonly clock?: Clock | undefined
  /** In this program's memory when left out. */
  readonly counters?: Counters | undefined
  /** Opens what gateways share. */
  readonly sharedBlobs?: ((options: BlobsOptions) => Blobs) | undefined
}

/** The ports as any runtime with the web's own APIs provides them. No model is run by it. */
export function createWebPorts(options: WebPortsOptions): Ports {
  const { clock = webClock, sharedBlobs } = options
  return {
    transport: options.transport,
    inference: undefined,
    clock,
    secrets: options.secrets,
    background: options.background,
    random: Math.random,
    randomId,
    createStore,
    counters: options.counters ?? createMemoryCounters(clock),
    createBlobs: (asked) => (asked.isShared ? sharedBlobs?.(asked) : undefined) ?? createMemoryBlobs(asked.maxBytes),
    digest: sha256,
    log: options.log,
  }
}
