import { expect, test } from 'vitest'
import type { KeyValues } from './bindings.ts'
import { createKvBlobs } from './kv-blobs.ts'

function namespace() {
  const kept = new Map<string, { value: Uint8Array; expirationTtl: number }>()
  const values: KeyValues = {
    get: async (key: string) => (kept.get(key)?.value.slice().buffer ?? null) as never,
    async put(key, value, { expirationTtl }) {
      if (expirationTtl < 60) throw new Error('KV keeps nothing for less than 60 seconds.')
      kept.set(key, { value: value.slice(), expirationTtl })
    },
  }
  return { kept, values }
}

const BYTES = Uint8Array.of(1, 2, 3)

test('what is set is got until its time is over, also where that is less than KV can count', async () => {
  const { values } = namespace()
  let now = 1_000_000
  const blobs = createKvBlobs(values, () => now)
  await blobs.set('name', BYTES, 5_000)
  now += 4_999
  expect(await blobs.get('name')).toEqual(BYTES)
  now += 1
  expect(await blobs.get('name')).toBeUndefined()
  expect(await blobs.get('another')).toBeUndefined()
})

test('KV is told to forget no earlier than the entry ends', async () => {
  const { kept, values } = namespace()
  await createKvBlobs(values, () => 0).set('name', BYTES, 90_500)
  expect(kept.get('name')?.expirationTtl).toBe(91)
})

test('what KV cannot do is a miss and no failure', async () => {
  const fault = () => Promise.reject(new Error('KV is away.'))
  const blobs = createKvBlobs({ get: fault, put: fault } as unknown as KeyValues, () => 0)
  await blobs.set('name', BYTES, 60_000)
  expect(await blobs.get('name')).toBeUndefined()
  const { kept, values } = namespace()
  await createKvBlobs(values, () => 0).set('x'.repeat(600), BYTES, 60_000)
  expect(kept.size).toBe(0)
})
