import { describe, expect, test } from 'vitest'
import type { PolicyMatch } from '../core/policy.ts'
import type { MatchedCall } from './match-policy.ts'
import { hasMatchingPolicies, matchPolicy } from './match-policy.ts'
import { snapshot } from './test-snapshot.ts'

const base = snapshot()
const balanced = base.policies.get('balanced')
if (balanced === undefined) throw new Error('no balanced')

const call: MatchedCall = {
  key: 'team-a',
  format: 'anthropic-messages',
  model: 'auto',
  metadata: { app: 'helpdesk', ticket: 17, nested: { app: 'x' } },
  signals: () => ({ prompt_tokens: 9_000, tools: 2, images: false, phase: 'tool-loop', max_output_tokens: null }),
}

function governs(match: PolicyMatch): boolean {
  const mine = { ...balanced, name: 'mine', match } as const
  const policies = new Map([['mine', mine as typeof balanced & object], ...base.policies])
  return matchPolicy(call, { ...base, policies }) === 'mine'
}

describe('a policy governs where all of its conditions hold', () => {
  test.each<[PolicyMatch, boolean]>([
    [{}, true],
    [{ key: ['team-a'] }, true],
    [{ key: ['team-b', 'team-*'] }, true],
    [{ key: ['team-b'] }, false],
    [{ path: ['/v1/messages'] }, true],
    [{ path: ['/v1/chat/completions'] }, false],
    [{ model: ['auto*'] }, true],
    [{ metadata: { app: ['help*'] } }, true],
    [{ metadata: { ticket: ['17'] } }, true],
    [{ metadata: { nested: ['*'] } }, false],
    [{ metadata: { toString: ['*'] } }, false],
    [{ metadata: { app: ['helpdesk'], team: ['*'] } }, false],
    [{ signals: { tools: true } }, true],
    [{ signals: { tools: false } }, false],
    [{ signals: { tools: { min: 3 } } }, false],
    [{ signals: { images: false } }, true],
    [{ signals: { phase: 'tool-loop' } }, true],
    [{ signals: { phase: 'first-turn' } }, false],
    [{ signals: { prompt_tokens: { min: 8_000 } } }, true],
    [{ signals: { prompt_tokens: { min: 8_000, max: 8_999 } } }, false],
    [{ signals: { max_output_tokens: { max: 100 } } }, false],
    [{ key: ['team-a'], signals: { prompt_tokens: { max: 100 } } }, false],
  ])('%j: %s', (match, expected) => {
    expect(governs(match)).toBe(expected)
  })
})

test('the first that matches governs, and the default where none does', () => {
  const named = (name: string, key: string) => [name, { ...balanced, name, match: { key: [key] } }] as const
  const policies = new Map([named('first', 'team-b'), named('second', 'team-*'), named('third', 'team-a')]) as never
  expect(matchPolicy(call, { ...base, policies })).toBe('second')
  expect(matchPolicy({ ...call, key: 'other' }, { ...base, policies, defaultPolicy: 'house' })).toBe('house')
  expect([hasMatchingPolicies({ ...base, policies }), hasMatchingPolicies(base)]).toEqual([true, false])
})
