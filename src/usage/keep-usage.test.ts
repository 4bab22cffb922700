import { expect, test } from 'vitest'
import { GatewayError } from '../core/errors.ts'
import type { UsageRecord } from '../core/ledger.ts'
import { keepUsage } from './keep-usage.ts'

const record = (id: string): UsageRecord => ({
  id,
  at: 0,
  key: 'team-a',
  model: 'up/a',
  endpoint: 'chat_completions',
  role: 'answer',
  outcome: 'complete',
  inputTokens: 1,
  outputTokens: 2,
  cachedInputTokens: undefined,
  cacheWriteTokens: undefined,
  reasoningTokens: undefined,
  costNanoUsd: 3,
  isEstimated: false,
})

function start(isClosedOnFailure: boolean) {
  const written: string[] = []
  const events: string[] = []
  const counted: Record<string, number> = {}
  const timers: (() => void)[] = []
  const disk = { isFull: false, room: Number.POSITIVE_INFINITY }
  const kept = keepUsage({
    ledger: {
      append(records) {
        if (disk.isFull || written.length + records.length > disk.room) throw new Error('database or disk is full')
        written.push(...records.map(({ id }) => id))
      },
      spentSince: () => 0,
      close: () => void events.push('closed'),
    },
    isClosedOnFailure,
    clock: {
      monotonic: () => 0,
      now: () => 0,
      timer(_milliseconds, fire) {
        timers.push(fire)
        return { cancel: () => undefined, refresh: () => undefined }
      },
    },
    log: (_level, event) => void events.push(event),
    count(result, records) {
      counted[result] = (counted[result] ?? 0) + records
    },
  })
  const second = (): void => {
    for (const fire of timers.splice(0)) fire()
  }
  return { kept, written, events, counted, disk, second }
}

test('a full disk keeps records in their order until there is room again, and says so once', () => {
  const { kept, written, events, counted, disk, second } = start(false)
  kept.settle(record('a'))
  disk.isFull = true
  kept.settle(record('b'))
  kept.settle(record('c'))
  second()
  expect(kept.problem()).toBe('database or disk is full')
  expect(() => kept.requireWritable()).not.toThrow()
  disk.isFull = false
  second()
  kept.settle(record('d'))
  expect(written).toEqual(['a', 'b', 'c', 'd'])
  expect(kept.problem()).toBeUndefined()
  expect(counted).toEqual({ written: 2, late: 2 })
  expect(events).toEqual(['ledger_failed', 'ledger_recovered'])
})

test('of many records that wait those are written for which there is room, each once', () => {
  const { kept, written, counted, disk, second } = start(false)
  disk.room = 0
  const names = Array.from({ length: 1_700 }, (_, index) => String(index))
  for (const name of names) kept.settle(record(name))
  disk.room = 1_200
  second()
  expect(counted).toEqual({ late: 1_000 })
  expect(kept.problem()).toBe('database or disk is full')
  disk.room = 2_000
  second()
  expect(written).toEqual(names)
  expect(counted).toEqual({ late: 1_700 })
  expect(kept.problem()).toBeUndefined()
})

test('closed on failure, calls are refused from the first record that cannot be written until it can', () => {
  const { kept, disk, second } = start(true)
  disk.isFull = true
  expect(() => kept.requireWritable()).not.toThrow()
  kept.settle(record('a'))
  expect(() => kept.requireWritable()).toThrow(GatewayError)
  disk.isFull = false
  second()
  expect(() => kept.requireWritable()).not.toThrow()
})

test('what waits is bounded, and what is lost in the end is counted', () => {
  const { kept, events, counted, disk } = start(false)
  disk.isFull = true
  for (let index = 0; index < 10_002; index += 1) kept.settle(record(String(index)))
  expect(counted).toEqual({ dropped: 2 })
  kept.close()
  expect(counted).toEqual({ dropped: 10_002 })
  expect(events).toEqual(['ledger_failed', 'usage_lost', 'closed'])
})
