import type { Blobs, Log } from '../../../core/ports.ts'
import { connectStore } from './connection.ts'

type RedisBlobsOptions = { readonly url: string; readonly timeoutMs: number; readonly log: Log }

/** Small enough that a value leaves within the deadline of a busy server; larger ones are kept nowhere. */
const MOST_BYTES = 16 * 1024 * 1024

/**
 * Bytes that several gateways share in a Redis or Valkey, on a connection of their own: counters do not wait behind long
 * answers. What the server forgets, and when it is full, is its `maxmemory-policy`.
 */
export function createRedisBlobs({ url, timeoutMs, log }: RedisBlobsOptions): Blobs & { close(): Promise<void> } {
  const nobody = (): void => {}
  // That the store is away is said already, by the connection of the counters.
  const quiet: Log = (level, event, fields) => {
    if (event !== 'store_down' && event !== 'store_up') log(level, event, fields)
  }
  const store = connectStore(
    { url, timeoutMs, log: quiet, mayRefuseWrites: true },
    { alive: nobody, answered: nobody, failed: nobody, changed: nobody },
  )
  return {
    async get(key) {
      if (!store.isUp()) return undefined
      const text = await store.send(['GET', key])
      return typeof text === 'string' ? Buffer.from(text, 'latin1') : undefined
    },
    async set(key, value, ttlMs) {
      if (!store.isUp() || value.length > MOST_BYTES) return false
      // The client speaks in texts. Those of one byte a character are read back as the bytes that they were.
      const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
      try {
        await store.send(['SET', key, text, 'PX', String(Math.ceil(ttlMs))])
        return true
      } catch {
        // It is asked for once more, and kept then.
        return false
      }
    },
    close: () => store.close(),
  }
}
