import { expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { Probe } from './probe.ts'
import { probeSchema } from './probe.ts'
import type { ProbeReply, RunOptions } from './run-probes.ts'
import { runProbes } from './run-probes.ts'
import { spread } from './spread.ts'

const probes = (count: number): Probe[] =>
  Array.from({ length: count }, (_, index) =>
    probeSchema.parse({ id: `p${index}`, kind: 'sums', difficulty: 1, prompt: '?', grader: 'number', expected: index }),
  )
const right = ({ expected }: Probe): ProbeReply => ({
  answer: { text: `Answer: ${String(expected)}`, calls: [] },
  isCut: false,
  usage: undefined,
})
const limited = (headers: Record<string, string> = {}): GatewayError =>
  new GatewayError('upstream_rate_limited', 'Busy.', { headers })

/** Time that passes only when somebody waits for it. */
function createTime(): { readonly clock: Clock; readonly waited: number[] } {
  let now = 0
  const waited: number[] = []
  const clock: Clock = {
    monotonic: () => now,
    now: () => Date.UTC(2026, 10, 26) + now,
    timer(milliseconds, fire) {
      let isCancelled = false
      setImmediate(() => {
        if (isCancelled) return
        now += milliseconds
        waited.push(milliseconds)
        fire()
      })
      const cancel = (): void => {
        isCancelled = true
      }
      return { cancel, refresh() {} }
    },
  }
  return { clock, waited }
}

function options(more: Partial<RunOptions> & Pick<RunOptions, 'ask'>): RunOptions {
  return {
    probes: probes(10),
    concurrency: 1,
    clock: createTime().clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onGraded() {},
    onLeftOut() {},
    onPause() {},
    ...more,
  }
}

test('every probe is asked once and graded, a few at a time', async () => {
  let underWay = 0
  let most = 0
  const asked: string[] = []
  const run = await runProbes(
    options({
      concurrency: 3,
      async ask(probe) {
        underWay += 1
        most = Math.max(most, underWay)
        asked.push(probe.id)
        await new Promise(setImmediate)
        underWay -= 1
        return probe.id === 'p4' ? { ...right(probe), answer: { text: 'Answer: no', calls: [] } } : right(probe)
      },
    }),
  )
  expect(most).toBe(3)
  expect(asked.toSorted()).toEqual(probes(10).map(({ id }) => id))
  expect(run.graded.filter(({ score }) => score === 0).map(({ probe }) => probe.id)).toEqual(['p4'])
  expect(run).toMatchObject({ leftOut: [], stopped: undefined })
})

test('a rate limit is waited out as long as it says, and then nothing is missing', async () => {
  const { clock, waited } = createTime()
  const refused = new Set<string>()
  const pauses: number[] = []
  const run = await runProbes(
    options({
      clock,
      async ask(probe) {
        if (refused.has(probe.id) || probe.id !== 'p3') return right(probe)
        refused.add(probe.id)
        throw limited({ 'retry-after': '7' })
      },
      onPause: (milliseconds) => void pauses.push(milliseconds),
    }),
  )
  expect(run.graded).toHaveLength(10)
  expect(pauses).toEqual([7_000])
  expect(waited).toEqual([7_000])
})

test('a rate limit with a date, and one that says nothing', async () => {
  for (const [headers, expected] of [
    [{ 'retry-after': 'Thu, 26 Nov 2026 00:00:09 GMT' }, 9_000],
    [{ 'retry-after-ms': '250' }, 250],
    [{}, 750],
  ] as const) {
    const { clock, waited } = createTime()
    let isFirst = true
    await runProbes(
      options({
        clock,
        probes: probes(1),
        async ask(probe) {
          if (!isFirst) return right(probe)
          isFirst = false
          throw limited(headers)
        },
      }),
    )
    expect(waited).toEqual([expected])
  }
})

test('a prompt that fails for good is left out with its reason, and the rest is asked', async () => {
  const run = await runProbes(
    options({
      async ask(probe) {
        if (probe.id === 'p2') throw new GatewayError('context_length_exceeded', 'Too long.')
        if (probe.id === 'p5') throw limited({ 'retry-after': '3600' })
        return right(probe)
      },
    }),
  )
  expect(run.graded).toHaveLength(8)
  expect(run.leftOut.map(({ probe, error }) => [probe.id, error.code])).toEqual([
    ['p2', 'context_length_exceeded'],
    ['p5', 'upstream_rate_limited'],
  ])
  expect(run.stopped).toBeUndefined()
})

test('a model that is down is given up after five prompts, four tries each', async () => {
  let calls = 0
  const run = await runProbes(
    options({
      ask() {
        calls += 1
        return Promise.reject(new GatewayError('upstream_unreachable', 'Down.'))
      },
    }),
  )
  expect(run).toMatchObject({ graded: [], stopped: 'gave-up' })
  expect(run.leftOut).toHaveLength(5)
  expect(calls).toBe(20)
})

test('a refused key ends the run at the first prompt', async () => {
  let calls = 0
  const run = await runProbes(
    options({
      ask() {
        calls += 1
        return Promise.reject(new GatewayError('upstream_auth_failed', 'No.'))
      },
    }),
  )
  expect(calls).toBe(1)
  expect(run.stopped).toBe('gave-up')
})

test('an interruption stops the calls under way, the pauses and the run, and keeps what was graded', async () => {
  const stop = new AbortController()
  let calls = 0
  const run = await runProbes(
    options({
      concurrency: 2,
      signal: stop.signal,
      ask(probe, signal) {
        calls += 1
        if (calls <= 4) return Promise.resolve(right(probe))
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new GatewayError('client_closed_request', 'Given up.')))
          setImmediate(() => stop.abort())
        })
      },
    }),
  )
  expect(run.graded).toHaveLength(4)
  expect(run).toMatchObject({ leftOut: [], stopped: 'interrupted' })
})

test('what is not a GatewayError ends the run: it is a fault of ours', async () => {
  const run = await runProbes(options({ ask: () => Promise.reject(new Error('bug')) }))
  expect(run.leftOut.map(({ error }) => error.code)).toEqual(['internal_error'])
  expect(run.stopped).toBe('gave-up')
})

test('every beginning of the order holds the kinds and difficulties alike', () => {
  const all = Array.from({ length: 60 }, (_, index) =>
    probeSchema.parse({
      id: `p${index}`,
      kind: index < 40 ? 'big' : 'small',
      difficulty: 1 + (index % 2),
      prompt: '?',
      grader: 'number',
      expected: 1,
    }),
  )
  const order = spread(all)
  expect(new Set(order)).toEqual(new Set(all))
  const small = order.slice(0, 15).filter(({ kind }) => kind === 'small')
  expect(small).toHaveLength(5)
  expect(new Set(small.map(({ difficulty }) => difficulty)).size).toBe(2)
})
