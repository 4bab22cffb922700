import { LRUCache } from 'lru-cache'
import type { Blobs } from '../../core/ports.ts'

// The entry's own objects: nodes of the list, of the map, and of the two views.
const OVERHEAD_BYTES = 320
const BYTES_PER_UNIT = 2

/** Bytes in this process's memory. What was used longest ago goes first; what is larger than all of it is not kept. */
export function createMemoryBlobs(maxBytes: number): Blobs {
  const entries = new LRUCache<string, Uint8Array>({
    maxSize: maxBytes,
    sizeCalculation: (value, key) => value.byteLength + key.length * BYTES_PER_UNIT + OVERHEAD_BYTES,
  })
  return {
    get: (key) => entries.get(key),
    // A view would hold on to all of the memory that it is a part of.
    set: (key, value, ttlMs) => entries.set(key, new Uint8Array(value), { ttl: ttlMs }).has(key),
  }
}
