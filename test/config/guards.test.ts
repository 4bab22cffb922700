import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/read-config.ts'
import { snapshotOf } from './build.ts'

const BASE = 'providers: { openai: { key: env:OPENAI_API_KEY } }\nmodels: [openai/gpt-5-mini]\n'

test('guards of all and of a key are opened with their defaults', async () => {
  const snapshot = await snapshotOf(`${BASE}guards:
  - use: pii
server:
  keys:
    - { name: a, key: env:TEAM_A, guards: [{ use: prompt-injection, action: block }, { use: pii, on: [answer], action: flag }] }
`)
  expect(snapshot.guards).toMatchObject([
    {
      guard: { id: 'pii' },
      on: new Set(['request']),
      action: 'redact',
      onFailure: 'block',
      restores: false,
      allowsUnread: false,
    },
  ])
  expect(snapshot.keys[0]?.guards).toMatchObject([
    { guard: { id: 'prompt-injection' }, action: 'block', onFailure: 'allow' },
    { guard: { id: 'pii' }, on: new Set(['answer']), action: 'flag' },
  ])
})

test('without guards a snapshot has none, and what no guard can do is refused with its place', async () => {
  expect(await snapshotOf(BASE)).not.toHaveProperty('guards')
  const read = readConfig(
    `${BASE}guards: [{ use: prompt-injection, action: redact }, { use: pii, kinds: [shoe_size] }]`,
  )
  const places = 'problems' in read ? read.problems.map(({ path }) => path) : []
  expect(places.join()).toMatch(/guards\[0\].*guards\[1\]/)
})

test('a policy has guards of its own, and each says what becomes of a call when it fails', async () => {
  const { policies } = await snapshotOf(`${BASE}policies:
  support: { guards: [{ use: pii, on_failure: allow }, { use: prompt-injection, on_failure: block }] }
  plain: {}
`)
  expect(policies.get('support')?.guards).toMatchObject([
    { guard: { id: 'pii' }, action: 'redact', onFailure: 'allow' },
    { guard: { id: 'prompt-injection' }, action: 'flag', onFailure: 'block' },
  ])
  expect(policies.get('plain')).not.toHaveProperty('guards')
})
