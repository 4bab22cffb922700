import { expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../core/dispatch-settings.ts'
import { GatewayError } from '../core/errors.ts'
import type { Target } from '../core/target.ts'
import { createBreakers } from './breaker.ts'
import { noHealthyTarget, PlanWalk } from './plan-walk.ts'
import { createManualClock } from './test-clock.ts'

const SETTINGS = { ...DISPATCH_DEFAULTS.breaker, failures: 1 }

function targetOf(id: string, contextTokens?: number): Target {
  const facts = contextTokens === undefined ? {} : { context_tokens: contextTokens }
  const { provider, format } = { provider: 'up', format: 'openai-chat' as const }
  return { id, provider, model: id, format, baseUrl: 'http://x', catalogId: undefined, facts }
}

function start(...targets: readonly Target[]) {
  const clock = createManualClock()
  const breakers = createBreakers({ clock, random: () => 1, changed: () => undefined })
  const rest = (id: string, seconds: number): void => {
    const error = new GatewayError('upstream_rate_limited', 'x', { headers: { 'retry-after': String(seconds) } })
    breakers.failed(id, 'go', { error, status: 429 }, SETTINGS)
  }
  const walk = new PlanWalk(targets, breakers, SETTINGS)
  const all = (): string[] => {
    const ids: string[] = []
    for (let picked = walk.pick(); picked !== undefined; picked = walk.pick()) ids.push(picked.target.id)
    return ids
  }
  return { clock, breakers, rest, walk, all }
}

test('targets are tried in the plan’s order, each once', () => {
  const { all, walk } = start(targetOf('a'), targetOf('b'), targetOf('c'))
  expect(walk.hasMore()).toBe(true)
  expect(all()).toEqual(['a', 'b', 'c'])
  expect(walk.hasMore()).toBe(false)
})

test('those that rest come last, the one first that may soon be asked again', () => {
  const { rest, all } = start(targetOf('a'), targetOf('b'), targetOf('c'))
  rest('a', 20)
  rest('b', 10)
  expect(all()).toEqual(['c', 'b', 'a'])
})

test('one that rests is tried by one call at a time; the others are told when to come again', () => {
  const { breakers, rest, walk } = start(targetOf('a'))
  rest('a', 20)
  expect(walk.pick()?.permit).toBe('trial')
  const another = new PlanWalk([targetOf('a')], breakers, SETTINGS)
  expect(another.pick()).toBeUndefined()
  const error = noHealthyTarget([targetOf('a')], breakers)
  expect(error).toMatchObject({ code: 'no_healthy_target', headers: { 'retry-after': '20' } })
  expect(error.message).toContain('a (upstream_rate_limited)')
})

test('after a prompt that was too long, larger windows come first and smaller ones not at all', () => {
  const { walk, all } = start(
    targetOf('first', 8_000),
    targetOf('smaller', 4_000),
    targetOf('unknown'),
    targetOf('as large', 8_000),
    targetOf('larger', 128_000),
  )
  const picked = walk.pick()
  if (picked !== undefined) walk.tooLongFor(picked.target)
  expect(all()).toEqual(['larger', 'unknown', 'as large'])
})
