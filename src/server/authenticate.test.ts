import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Snapshot } from '../core/snapshot.ts'
import { authenticate } from './authenticate.ts'

const sha256 = (key: string): Uint8Array => new Uint8Array(createHash('sha256').update(key).digest())

function snapshot(keys: readonly string[]): Snapshot {
  const named = keys.map((key, index) => ({
    name: `team-${index}`,
    sha256: sha256(key),
    routing: {},
    promptFlags: 'off' as const,
  }))
  return { keys: named } as unknown as Snapshot
}

const call = (headers: Record<string, string>) => ({ header: (name: string) => headers[name] })

test.each([
  { authorization: 'Bearer two' },
  { authorization: 'bearer two' },
  { 'x-api-key': 'two' },
  { 'api-key': 'two' },
])('a key is taken from %o', async (headers) => {
  expect((await authenticate(snapshot(['one', 'two']), call(headers))).name).toBe('team-1')
})

test('a missing and a wrong key are refused', async () => {
  expect(() => authenticate(snapshot(['one']), call({}))).toThrow('No API key')
  await expect(authenticate(snapshot(['one']), call({ authorization: 'Bearer on' }))).rejects.toThrow(
    'not one of the keys',
  )
})

test('without keys only this machine’s own pages and addresses are let in', () => {
  const open = snapshot([])
  expect(authenticate(open, call({ host: 'localhost:8787' }))).toMatchObject({ name: 'local' })
  expect(authenticate(open, call({ host: '127.0.0.1:8787', origin: 'http://localhost:3000' }))).toMatchObject({
    name: 'local',
  })
  expect(authenticate(open, call({ host: '[::1]:8787' }))).toMatchObject({ name: 'local' })
  const opened = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  expect(authenticate(open, call({ host: 'localhost', ...opened }))).toMatchObject({ name: 'local' })
  for (const headers of [
    { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    { host: 'localhost', ...opened, 'sec-fetch-dest': 'iframe' },
    { host: 'evil.example' },
    { host: 'localhost', origin: 'https://evil.example' },
    { host: 'localhost', origin: 'null' },
    { host: '127.0.0.1.evil.example' },
  ]) {
    expect(() => authenticate(open, call(headers)), JSON.stringify(headers)).toThrow()
  }
})
