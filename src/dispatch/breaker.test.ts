import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../core/dispatch-settings.ts'
import type { ErrorCode } from '../core/errors.ts'
import { ERRORS, GatewayError } from '../core/errors.ts'
import type { Permit } from './breaker.ts'
import { createBreakers } from './breaker.ts'
import { createManualClock } from './test-clock.ts'

const SETTINGS = { ...DISPATCH_DEFAULTS.breaker, failures: 3, restMs: 1_000, maxRestMs: 8_000 }

function start(random: () => number = () => 1) {
  const clock = createManualClock()
  const changes: string[] = []
  const breakers = createBreakers({
    clock,
    random,
    changed: (id, isResting, cause) => changes.push(`${id} ${isResting ? `rests: ${cause}` : 'is up'}`),
  })
  const fail = (code: ErrorCode = 'upstream_error', permit: Permit = 'go', status?: number, headers = {}): void =>
    breakers.failed('a', permit, { error: new GatewayError(code, 'x', { headers }), status }, SETTINGS)
  const mayEnter = (isLast = false): Permit | undefined => breakers.enter('a', SETTINGS, isLast)
  const fall = (): void => {
    for (let count = 0; count < 3; count += 1) fail()
  }
  return { clock, changes, breakers, fail, mayEnter, fall }
}

test('a target rests after so many failures in a row, and a success between them begins anew', () => {
  const { breakers, changes, fail, mayEnter } = start()
  fail()
  fail()
  breakers.succeeded('a', 'go')
  fail()
  fail()
  expect(mayEnter()).toBe('go')
  fail()
  expect(mayEnter()).toBeUndefined()
  expect(changes).toEqual(['a rests: upstream_error'])
})

test('a target that fails half of its calls rests as well', () => {
  const { breakers, mayEnter, fail } = start()
  for (let round = 0; round < 10; round += 1) {
    fail()
    breakers.succeeded('a', 'go')
    expect(mayEnter()).toBe('go')
  }
  fail()
  expect(mayEnter()).toBeUndefined()
})

test('after its rest one call at a time tries it; when that succeeds it is up, when it fails it rests twice as long', () => {
  const { clock, breakers, changes, fall, fail, mayEnter } = start()
  fall()
  clock.advance(999)
  expect(mayEnter()).toBeUndefined()
  clock.advance(1)
  expect(mayEnter()).toBe('trial')
  expect(mayEnter()).toBeUndefined()
  fail('upstream_error', 'trial')
  expect(breakers.restMs('a')).toBe(2_000)
  clock.advance(2_000)
  expect(mayEnter()).toBe('trial')
  breakers.succeeded('a', 'trial')
  expect(mayEnter()).toBe('go')
  expect(changes.at(-1)).toBe('a is up')
})

test('rests grow up to the longest, and are spread by chance', () => {
  const { clock, breakers, fall, fail, mayEnter } = start()
  fall()
  for (let rest = 0; rest < 6; rest += 1) {
    clock.advance(8_000)
    expect(mayEnter()).toBe('trial')
    fail('upstream_error', 'trial')
  }
  expect(breakers.restMs('a')).toBe(8_000)
  const spread = start(() => 0)
  spread.fall()
  expect(spread.breakers.restMs('a')).toBe(500)
})

test('a trial that begins to answer lets the others in before it has ended', () => {
  const { clock, breakers, fall, mayEnter } = start()
  fall()
  clock.advance(1_000)
  expect(mayEnter()).toBe('trial')
  breakers.answered('a', 'trial')
  expect(mayEnter()).toBe('go')
})

test('where nobody else can be asked, one call at a time may try it while it rests', () => {
  const { breakers, fall, mayEnter } = start()
  fall()
  expect(mayEnter(true)).toBe('trial')
  expect(mayEnter(true)).toBeUndefined()
  breakers.left('a', 'trial')
  expect(mayEnter(true)).toBe('trial')
})

const CLIENTS: readonly ErrorCode[] = [
  'upstream_rejected',
  'context_length_exceeded',
  'content_filtered',
  'upstream_model_missing',
  'upstream_too_large',
  'client_closed_request',
  'internal_error',
  'target_busy',
  'invalid_request',
]

test.each(CLIENTS)('T-12 %s never counts against a target', (code) => {
  const { breakers, fail, mayEnter } = start()
  for (let count = 0; count < 30; count += 1) fail(code)
  expect(mayEnter()).toBe('go')
  expect(breakers.isQuiet()).toBe(true)
})

test('every code that counts is one that the error table lets another target answer', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { breakers, fail } = start()
    for (let count = 0; count < 3; count += 1) fail(code, 'go', 401)
    if (!breakers.isQuiet()) expect(ERRORS[code].retry, code).not.toBe('never')
  }
})

test('retry-after of a 429 or a 503 rests the target for that time, within bounds', () => {
  for (const code of ['upstream_rate_limited', 'upstream_overloaded'] as const) {
    const { breakers, fail } = start()
    fail(code, 'go', 429, { 'retry-after': '17' })
    expect(breakers.restMs('a')).toBe(17_000)
  }
  const { breakers, fail } = start()
  fail('upstream_rate_limited', 'go', 429, { 'retry-after': '86400' })
  expect(breakers.restMs('a')).toBe(300_000)
})

test('a key that is refused rests its target long; a 403 may be about the prompt', () => {
  const refused = start()
  refused.fail('upstream_auth_failed', 'go', 401)
  expect(refused.breakers.restMs('a')).toBe(300_000)
  const flagged = start()
  for (let count = 0; count < 30; count += 1) flagged.fail('upstream_auth_failed', 'go', 403)
  expect(flagged.breakers.isQuiet()).toBe(true)
})

test('failures of calls that were sent before a rest make it no longer', () => {
  const { breakers, fall } = start()
  fall()
  fall()
  expect(breakers.restMs('a')).toBe(1_000)
})

test('what is forgotten is up, and said to be', () => {
  const { breakers, changes, fall, mayEnter } = start()
  fall()
  breakers.keep((id) => id === 'a')
  expect(mayEnter()).toBeUndefined()
  breakers.keep(() => false)
  expect(mayEnter()).toBe('go')
  expect(changes.at(-1)).toBe('a is up')
})

test('whatever becomes of calls, at most one trial is under way and a target that answers is up again', () => {
  const ending = fc.constantFrom<'succeeded' | 'failed' | 'left' | 'client'>('succeeded', 'failed', 'left', 'client')
  const step = fc.record({ ending, waitMs: fc.integer({ min: 0, max: 3_000 }), isLast: fc.boolean(), place: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const { clock, breakers, fail, mayEnter } = start()
      const underWay: Permit[] = []
      for (const { ending: how, waitMs, isLast, place } of steps) {
        clock.advance(waitMs)
        const entered = mayEnter(isLast)
        if (entered !== undefined) underWay.push(entered)
        expect(underWay.filter((permit) => permit === 'trial').length).toBeLessThanOrEqual(1)
        if (underWay.length <= place) continue
        const [permit = 'go'] = underWay.splice(place, 1)
        if (how === 'succeeded') breakers.succeeded('a', permit)
        else if (how === 'left') breakers.left('a', permit)
        else fail(how === 'failed' ? 'upstream_error' : 'upstream_rejected', permit)
      }
      for (const permit of underWay) breakers.left('a', permit)
      clock.advance(8_000)
      const last = mayEnter()
      expect(last).toBeDefined()
      breakers.succeeded('a', last ?? 'go')
      expect(mayEnter()).toBe('go')
    }),
  )
})

test('the long answer of a trial does not keep others from trying, when the target falls again meanwhile', () => {
  const { clock, breakers, fall, fail, mayEnter } = start()
  fall()
  clock.advance(1_000)
  expect(mayEnter()).toBe('trial')
  const long = breakers.answered('a', 'trial')
  fall()
  expect(mayEnter()).toBeUndefined()
  clock.advance(8_000)
  expect(mayEnter()).toBe('trial')
  // It ends while another one is on trial: still one at a time.
  breakers.succeeded('a', long)
  expect(mayEnter()).toBeUndefined()
  breakers.left('a', 'trial')
  expect(mayEnter()).toBe('trial')
  breakers.succeeded('a', 'trial')
  // What broke after it had begun, of a target that is up: it rests at once.
  fail('stream_interrupted', long)
  expect(mayEnter()).toBeUndefined()
})

test('hearsay lets a target rest, and only hearsay ends that', () => {
  const { breakers, changes, clock, fall, mayEnter } = start()
  breakers.heardResting('a', 'upstream_timeout', 500)
  expect([mayEnter(), breakers.restMs('a'), breakers.cause('a')]).toEqual([undefined, 500, 'upstream_timeout'])
  breakers.heardUp('a')
  expect(mayEnter()).toBe('go')
  fall()
  breakers.heardResting('a', 'upstream_timeout', 60_000)
  breakers.heardUp('a')
  expect([mayEnter(), breakers.restMs('a')]).toEqual([undefined, 1_000])
  expect(changes).toEqual(['a rests: upstream_timeout', 'a is up', 'a rests: upstream_error'])
  clock.advance(1_000)
  expect(mayEnter()).toBe('trial')
})

test('a target that rests by hearsay is tried after its time, and rests longer by what is found then', () => {
  const { breakers, clock, fail, mayEnter } = start()
  breakers.heardResting('a', 'upstream_timeout', 500)
  clock.advance(500)
  expect(mayEnter()).toBe('trial')
  breakers.heardUp('a')
  fail('upstream_error', 'trial')
  expect(breakers.restMs('a')).toBe(1_000)
})
