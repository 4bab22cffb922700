import { expect, test } from 'vitest'
import type { Snapshot } from '../core/snapshot.ts'
import type { RouteInput } from '../route/route.ts'
import { route } from '../route/route.ts'
import { signals, TODAY, tableRouter, target } from '../route/test-pool.ts'
import type { DecisionLog } from './decision-log.ts'
import { createDecisionLog } from './decision-log.ts'
import type { LogFile } from './log-file.ts'
import { readRecord } from './read-record.ts'
import type { LogRecord } from './record.ts'
import type { Made } from './write-record.ts'

const snapshotOf = (...ids: string[]): Snapshot =>
  ({ targets: new Map(ids.map((id) => [id, target(id)])), defaultPolicy: 'balanced' }) as unknown as Snapshot

async function made(id: string, snapshot: Snapshot, given: Partial<RouteInput> = {}): Promise<Made> {
  const input: RouteInput = {
    id,
    signals: signals({ routingText: 'a secret plan' }),
    candidates: [...snapshot.targets.values()],
    directives: {},
    policy: { name: 'balanced', description: '', directives: {}, fixedOrder: 'listed' },
    router: tableRouter({ a: { quality: 0.9 } }),
    deadlineMs: 30,
    live: () => undefined,
    clock: { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
    today: TODAY,
    log: () => {},
    predictsAll: true,
    ...given,
  }
  const { decision, foreseen } = await route(input)
  return { input, foreseen, decision, said: [], key: 'team-a', governing: 'balanced', snapshot }
}

type Rig = {
  readonly log: DecisionLog
  /** Text of each file so far. */
  readonly files: string[]
  readonly counts: Record<string, number>
  readonly lines: string[]
  /** Lets the time pass after which waiting records are written. */
  tick(): Promise<void>
  fail(isFailing: boolean): void
}

function rig(options: { readonly prompts?: boolean; readonly maxBytes?: number } = {}): Rig {
  const files = ['']
  const counts: Record<string, number> = {}
  const lines: string[] = []
  const timers: (() => void)[] = []
  const running = new Set<Promise<void>>()
  let isFailing = false
  const bytesOf = (text: string): number => new TextEncoder().encode(text).length
  const file: LogFile = {
    bytes: () => bytesOf(files.at(-1) ?? ''),
    append(bytes) {
      if (isFailing) return Promise.reject(new Error('no space left'))
      files[files.length - 1] += new TextDecoder().decode(bytes)
      return Promise.resolve()
    },
    rotate: async () => void files.push(''),
    read: async (from, bytes) =>
      new TextDecoder().decode(new TextEncoder().encode(files.at(-1)).slice(from, from + bytes)),
    close: () => Promise.resolve(),
  }
  const log = createDecisionLog({
    file,
    prompts: options.prompts ?? false,
    maxBytes: options.maxBytes ?? 1_000_000,
    ports: {
      clock: {
        monotonic: () => 0,
        now: () => 7,
        timer: (_, fire) => {
          timers.push(fire)
          return { cancel() {}, refresh() {} }
        },
      },
      background: {
        run: (work) => {
          const task = work().finally(() => running.delete(task))
          running.add(task)
        },
        drain: async () => {
          await Promise.all(running)
        },
      },
      createStore: () => new Map(),
      log: (_, event) => void lines.push(event),
    },
    count: (result, records) => {
      counts[result] = (counts[result] ?? 0) + records
    },
  })
  return {
    log,
    files,
    counts,
    lines,
    async tick() {
      for (const fire of timers.splice(0)) fire()
      await Promise.all(running)
    },
    fail: (value) => {
      isFailing = value
    },
  }
}

function recordsOf(text: string | undefined): LogRecord[] {
  return (text ?? '').split('\n').flatMap((line) => readRecord(line) ?? [])
}
const typesOf = (text: string | undefined): string[] => recordsOf(text).map(({ type }) => type)

test('nothing is written while a request waits: records are written together, later', async () => {
  const { log, files, tick, counts } = rig()
  const snapshot = snapshotOf('a', 'b')
  log.decided(await made('rt_1', snapshot))
  log.outcome({ id: 'rt_1', model: 'a', source: 'user', reward: 1, time: 5 })
  expect(files).toEqual([''])
  await tick()
  expect(typesOf(files[0])).toEqual(['models', 'decision', 'outcome'])
  expect(counts).toEqual({ written: 2 })
})

test('the models stand once a file and once a configuration, and decisions name them', async () => {
  const { log, files, tick } = rig()
  const before = snapshotOf('a', 'b')
  const after = snapshotOf('a', 'b', 'c')
  for (const [index, snapshot] of [before, before, after, before].entries()) {
    log.decided(await made(`rt_${index}`, snapshot))
    await tick()
  }
  expect(typesOf(files[0])).toEqual(['models', 'decision', 'decision', 'models', 'decision', 'decision'])
  const [first, one, , second, other] = recordsOf(files[0])
  expect(one).toMatchObject({ models: first?.type === 'models' ? first.hash : '' })
  expect(other).toMatchObject({ models: second?.type === 'models' ? second.hash : '' })
  expect(first).toMatchObject({ models: [{ id: 'a', facts: { price_in: 1 } }, { id: 'b' }] })
  expect(files[0]).not.toContain('test.invalid')
})

test('a file that would grow too large is followed by another, which can be read by itself', async () => {
  const { log, files, tick } = rig({ maxBytes: 4_000 })
  const snapshot = snapshotOf('a', 'b')
  for (let index = 0; index < 6; index += 1) {
    log.decided(await made(`rt_${index}`, snapshot))
    await tick()
  }
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) {
    expect(typesOf(file)[0]).toBe('models')
    expect(file.length).toBeLessThan(4_500)
  }
})

test('prompts are written only when they are asked for', async () => {
  const silent = rig()
  silent.log.decided(await made('rt_1', snapshotOf('a')))
  await silent.tick()
  expect(silent.files[0]).not.toContain('a secret plan')
  const telling = rig({ prompts: true })
  telling.log.decided(await made('rt_1', snapshotOf('a')))
  await telling.tick()
  expect(recordsOf(telling.files[0])[1]).toMatchObject({ signals: { text: 'a secret plan' } })
})

test('live measurements are those of the decision, not those of the time of writing', async () => {
  const { log, files, tick } = rig()
  let ttftMs = 100
  log.decided(await made('rt_1', snapshotOf('a'), { live: () => ({ ttftMs, tokensPerSecond: undefined }) }))
  ttftMs = 900
  await tick()
  expect(recordsOf(files[0])[1]).toMatchObject({ candidates: [{ model: 'a', ttft_ms: 100, quality: 0.9 }] })
})

test('a model that fails a limit is predicted too, so that another policy may choose it', async () => {
  const { log, files, tick } = rig()
  log.decided(await made('rt_1', snapshotOf('a', 'b'), { directives: { models: [['b']] } }))
  await tick()
  expect(recordsOf(files[0])[1]).toMatchObject({
    candidates: [
      { model: 'a', quality: 0.9 },
      { model: 'b', quality: 0.5 },
    ],
    decision: { model: 'b' },
  })
})

test('when too many records wait, the rest are dropped and counted', async () => {
  const { log, counts, tick } = rig()
  const one = await made('rt_1', snapshotOf('a'))
  const many = { ...one, foreseen: { ...one.foreseen, targets: Array.from({ length: 60_000 }, () => target('a')) } }
  log.decided(many)
  log.decided(many)
  log.decided(one)
  expect(counts).toEqual({ dropped: 1 })
  await tick()
  expect(counts).toEqual({ dropped: 1, written: 2 })
})

test('a disk that is full costs records, is said once, and is no end of the log', async () => {
  const { log, files, counts, lines, tick, fail } = rig()
  const snapshot = snapshotOf('a')
  fail(true)
  for (const id of ['rt_1', 'rt_2']) {
    log.decided(await made(id, snapshot))
    await tick()
  }
  fail(false)
  log.decided(await made('rt_3', snapshot))
  await tick()
  expect(counts).toEqual({ failed: 2, written: 1 })
  expect(lines).toEqual(['decision_log_failed'])
  expect(typesOf(files[0])).toEqual(['models', 'decision'])
})

test('closing writes down what still waits', async () => {
  const { log, files } = rig()
  log.decided(await made('rt_1', snapshotOf('a')))
  await log.close()
  expect(typesOf(files[0])).toEqual(['models', 'decision'])
})

test('a receipt is found by its id, in the file that grows', async () => {
  const { log, tick } = rig({ maxBytes: 4_000 })
  const snapshot = snapshotOf('a', 'b')
  log.decided(await made('rt_ä', snapshot))
  log.decided(await made('rt_1', snapshot))
  expect(await log.find('rt_1')).toBeUndefined()
  await tick()
  expect(await log.find('rt_1')).toMatchObject({ key: 'team-a', decision: { id: 'rt_1', model: 'a' } })
  expect(await log.find('rt_ä')).toMatchObject({ decision: { id: 'rt_ä' } })
  for (let index = 2; index < 6; index += 1) {
    log.decided(await made(`rt_${index}`, snapshot))
    await tick()
  }
  expect(await log.find('rt_1')).toBeUndefined()
})

test('a line that was cut, or is none of a decision log, is no record', () => {
  const whole = JSON.stringify({ type: 'outcome', id: 'rt_1', model: 'a', source: 'user', reward: 1, time: 5 })
  expect(readRecord(whole)).toMatchObject({ id: 'rt_1' })
  for (const line of [whole.slice(0, -10), '', '[]', '{"type":"outcome"}', '{"type":"toString"}', 'null']) {
    expect(readRecord(line), line).toBeUndefined()
  }
})
