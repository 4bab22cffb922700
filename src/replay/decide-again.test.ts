import { expect, test } from 'vitest'
import type { Scene } from '../../test/replay/scene.ts'
import { inputOf, logged, plain } from '../../test/replay/scene.ts'
import type { Policy } from '../core/policy.ts'
import { builtInPolicies } from '../directives/built-in-policies.ts'
import { route } from '../route/route.ts'
import { decideUnder } from './decide-again.ts'
import { loggedRequest } from './logged-request.ts'

async function replayed(given: Scene, change: Parameters<typeof decideUnder>[0]): Promise<unknown> {
  const asked = inputOf(given, true)
  const { record, models } = logged(asked, await route(asked.input))
  const request = loggedRequest(record, models) as NonNullable<ReturnType<typeof loggedRequest>>
  const again = await decideUnder(change, record, request, builtInPolicies)
  return again.type === 'decided' ? again.decision.model : again.limits
}

const cheap = builtInPolicies.get('cheap') as Policy

test('a caller who named a preset keeps it, unless that is the policy or callers are overridden', async () => {
  const best = { ...plain, said: [{ door: 'body' as const, directives: { preset: 'best' } }] }
  expect(await replayed(plain, { policy: cheap })).toBe('m1')
  expect(await replayed(best, { policy: cheap })).toBe('m0')
  expect(await replayed(best, { policy: cheap, overridesCallers: true })).toBe('m1')
  expect(await replayed(best, { policy: { ...cheap, name: 'best' } })).toBe('m1')
})

test('a preset that is gone since governs as it did', async () => {
  const gone: Policy = { ...cheap, name: 'gone' }
  const named = { ...plain, policy: gone, said: [{ door: 'body' as const, directives: { preset: 'gone' } }] }
  expect(await replayed(named, { policy: builtInPolicies.get('best') as Policy })).toBe('m1')
  expect(await replayed(named, { flags: { require: { region: ['us'] } } })).toBe('m0')
})

test('flags are said on top: they can choose, and they can exclude', async () => {
  expect(await replayed(plain, { flags: { require: { region: ['eu'] } } })).toBe('m1')
  expect(await replayed(plain, { flags: { require: { region: ['ch'] } } })).toEqual(['region'])
  expect(await replayed(plain, { flags: { preset: 'cheap' } })).toBe('m1')
})
