import { expect, test } from 'vitest'
import type { Snapshot } from '../core/snapshot.ts'
import { route } from '../route/route.ts'
import { signals, TODAY, tableRouter, target } from '../route/test-pool.ts'
import { bothLogs, createDecisionStream } from './decision-stream.ts'
import type { LogRecord } from './record.ts'
import type { Made } from './write-record.ts'

const clockAt = (time: () => number, timers: (() => void)[]) => ({
  monotonic: time,
  now: () => 7,
  timer: (_milliseconds: number, fire: () => void) => {
    timers.push(fire)
    return { cancel() {}, refresh() {} }
  },
})

const snapshot = { targets: new Map([['a', target('a')]]), defaultPolicy: 'balanced' } as unknown as Snapshot

async function made(id: string): Promise<Made> {
  const input = {
    id,
    signals: signals({ routingText: 'a secret plan' }),
    candidates: [...snapshot.targets.values()],
    directives: {},
    policy: { name: 'balanced', description: '', directives: {}, fixedOrder: 'listed' as const },
    router: tableRouter({ a: { quality: 0.9 } }),
    deadlineMs: 30,
    live: () => undefined,
    clock: clockAt(() => 0, []),
    today: TODAY,
    log: () => {},
    predictsAll: true,
  }
  const { decision, foreseen } = await route(input)
  return { input, foreseen, decision, said: [], key: 'team-a', governing: 'balanced', snapshot }
}

function start(prompts: boolean) {
  const records: LogRecord[] = []
  const timers: (() => void)[] = []
  const state = { now: 0, dropped: 0 }
  const stream = createDecisionStream(
    {
      prompts,
      send: (record) => records.push(record),
      dropped: () => {
        state.dropped += 1
      },
    },
    {
      clock: clockAt(() => state.now, timers),
      background: { run: (work) => void work(), drain: () => Promise.resolve() },
    },
  )
  return { stream, records, timers, state }
}

test('records go on late, the models before the first decision and again every ten minutes', async () => {
  const { stream, records, timers, state } = start(false)
  stream.decided(await made('rt_1'))
  stream.decided(await made('rt_2'))
  stream.outcome({ id: 'rt_1', model: 'a', source: 'user', reward: 1, time: 5 })
  expect(records).toEqual([])
  for (const fire of timers) fire()
  expect(records.map(({ type }) => type)).toEqual(['models', 'decision', 'decision', 'outcome'])
  state.now = 600_000
  stream.decided(await made('rt_3'))
  await stream.close()
  expect(records.slice(4).map(({ type }) => type)).toEqual(['models', 'decision'])
  expect(records[5]).toMatchObject({ id: 'rt_3', key: 'team-a', time: 7 })
})

test('the prompt goes only where it was asked for', async () => {
  for (const prompts of [false, true]) {
    const { stream, records } = start(prompts)
    stream.decided(await made('rt_1'))
    await stream.close()
    expect(JSON.stringify(records).includes('a secret plan')).toBe(prompts)
  }
})

test('what finds no room is counted', async () => {
  const { stream, state } = start(false)
  const one = { id: 'rt_1', model: 'a', source: 'user', reward: 1, time: 5 } as const
  for (let count = 0; count < 100_003; count += 1) stream.outcome(one)
  expect(state.dropped).toBe(3)
})

test('two logs are told the same', async () => {
  const [one, other] = [start(false), start(true)]
  let time = 40
  const both = bothLogs(one.stream, other.stream, () => {
    time += 1
    return time
  })
  both.decided(await made('rt_1'))
  await both.close()
  expect(one.records.map(({ type }) => type)).toEqual(['models', 'decision'])
  expect(other.records.map(({ type }) => type)).toEqual(['models', 'decision'])
  expect([one.records[1], other.records[1]]).toMatchObject([{ time: 41 }, { time: 41 }])
})
