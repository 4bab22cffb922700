import { expect, test } from 'vitest'
import { explorationOf } from './may-explore.ts'
import type { Context } from './pipeline.ts'
import { signals } from './route/test-pool.ts'

const principal = { name: 'local', routing: {}, promptFlags: 'off' } as const
const calm = { directives: {}, signals: signals(), principal, isPinned: false }

function given(explore: number): Pick<Context, 'snapshot' | 'ports'> {
  const learning = { isEnabled: true, learnsFromSignals: true, priorCount: 50, forgettingPerDay: 0.99, explore }
  return { snapshot: { learning }, ports: { random: () => 0 } } as unknown as Pick<Context, 'snapshot' | 'ports'>
}

test('nothing is explored by default, in a tool loop, for sensitive keys, under a lock, or where models are named', () => {
  expect(explorationOf(calm, given(0.02))?.share).toBe(0.02)
  const never = {
    'by default': [calm, given(0)],
    'in a tool loop': [{ ...calm, signals: signals({ phase: 'tool-loop' }) }, given(0.02)],
    'for sensitive keys': [{ ...calm, principal: { ...principal, isSensitive: true } }, given(0.02)],
    'under a lock': [{ ...calm, isLocked: true }, given(0.02)],
    'a named model': [{ ...calm, isPinned: true }, given(0.02)],
    'a list of models': [{ ...calm, directives: { models: [['a/*']] } }, given(0.02)],
  } as const
  for (const [when, [deciding, context]] of Object.entries(never))
    expect(explorationOf(deciding, context), when).toBeUndefined()
})
