import type { Blobs } from '../../core/ports.ts'
import type { KeyValues } from './bindings.ts'

// https://developers.cloudflare.com/kv/platform/limits/ and kv/api/write-key-value-pairs/#expiring-keys.
const LEAST_TTL_S = 60
const MOST_KEY_BYTES = 512
const MOST_VALUE_BYTES = 25 * 1024 * 1024
const STAMP_BYTES = 8

/**
 * Bytes in a KV namespace, for all places where the Worker runs: what one writes, others see within a minute. KV keeps
 * nothing for less than a minute, so that each value carries its own end.
 */
export function createKvBlobs(values: KeyValues, now: () => number): Blobs {
  return {
    async get(key) {
      if (!isName(key)) return undefined
      const found = await values.get(key, 'arrayBuffer').catch(() => null)
      if (found === null || found.byteLength < STAMP_BYTES) return undefined
      const endsAt = new DataView(found).getFloat64(0)
      return endsAt > now() ? new Uint8Array(found, STAMP_BYTES) : undefined
    },
    async set(key, value, ttlMs) {
      if (!isName(key) || value.length + STAMP_BYTES > MOST_VALUE_BYTES) return false
      const stamped = new Uint8Array(STAMP_BYTES + value.length)
      new DataView(stamped.buffer).setFloat64(0, now() + ttlMs)
      stamped.set(value, STAMP_BYTES)
      const expirationTtl = Math.max(LEAST_TTL_S, Math.ceil(ttlMs / 1_000))
      // What cannot be kept is not.
      return values.put(key, stamped, { expirationTtl }).then(
        () => true,
        () => false,
      )
    },
  }
}

function isName(key: string): boolean {
  return new TextEncoder().encode(key).length <= MOST_KEY_BYTES
}
