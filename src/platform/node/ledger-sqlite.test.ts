import { mkdtempSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { UsageRecord } from '../../core/ledger.ts'
import { openLedger } from './ledger-sqlite.ts'
import { readUsage } from './read-usage.ts'

const file = (): string => join(mkdtempSync(join(tmpdir(), 'thalamus-ledger-')), 'deep', 'usage.sqlite')
const DAY_MS = 86_400_000

function record(given: Partial<UsageRecord>): UsageRecord {
  return {
    id: 'rt_1',
    at: 10 * DAY_MS,
    key: 'team-a',
    model: 'up/a',
    endpoint: 'chat_completions',
    role: 'answer',
    outcome: 'complete',
    inputTokens: 10,
    outputTokens: 20,
    cachedInputTokens: undefined,
    cacheWriteTokens: undefined,
    reasoningTokens: undefined,
    costNanoUsd: 1_500,
    isEstimated: false,
    ...given,
  }
}

test('what is written is there after opening again, is its owner’s alone, and is summed by key and time', async () => {
  const path = file()
  const ledger = await openLedger(path)
  ledger.append([record({})])
  ledger.append([
    record({ at: 12 * DAY_MS, costNanoUsd: 9_007_199_254_740_991 }),
    record({ key: 'team-b', costNanoUsd: undefined }),
  ])
  ledger.close()
  const again = await openLedger(path)
  expect(again.spentSince('team-a', 0)).toBeCloseTo(9_007_199.254_742, 5)
  expect(again.spentSince('team-a', 11 * DAY_MS)).toBeCloseTo(9_007_199.254_741, 5)
  expect(again.spentSince('team-b', 0)).toBe(0)
  expect(again.spentSince('nobody', 0)).toBe(0)
  again.close()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('what a copy for a shadow took is not spent by the key, and a file of the first version is brought up to date', async () => {
  const path = file()
  const ledger = await openLedger(path)
  ledger.append([record({}), record({ role: 'shadow' }), record({ role: 'attempt', costNanoUsd: 500 })])
  ledger.close()
  const old = new DatabaseSync(path)
  old.exec('DROP INDEX usage_by_key; CREATE INDEX usage_by_key ON usage (key, at_ms); PRAGMA user_version = 1')
  old.close()
  const again = await openLedger(path)
  expect(again.spentSince('team-a', 0)).toBeCloseTo(2_000e-9, 12)
  again.close()
  const now = new DatabaseSync(path)
  const plan = now.prepare(
    "EXPLAIN QUERY PLAN SELECT sum(cost_nano_usd) FROM usage WHERE key = 'a' AND at_ms >= 0 AND role <> 'shadow'",
  )
  expect(String(plan.get()?.['detail'])).toContain('COVERING INDEX usage_by_key')
  now.close()
})

test('of several records all are written or none', async () => {
  const path = file()
  const ledger = await openLedger(path)
  const broken = record({ id: 'rt_2', inputTokens: 1.5 })
  expect(() => ledger.append([record({}), broken])).toThrow()
  expect(await readUsage(path, 'key', 0)).toEqual([])
  ledger.append([record({})])
  expect(await readUsage(path, 'key', 0)).toHaveLength(1)
  ledger.close()
})

test('another writer’s lock is an error at once, not a wait', async () => {
  const path = file()
  const ledger = await openLedger(path)
  const other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  expect(() => ledger.append([record({})])).toThrow(/locked/)
  other.exec('ROLLBACK')
  ledger.append([record({})])
  ledger.close()
})

test('a file of a later version, and one that is no ledger, are refused and stay as they are', async () => {
  const later = file()
  ;(await openLedger(later)).close()
  const database = new DatabaseSync(later)
  database.exec('PRAGMA user_version = 99')
  database.close()
  await expect(openLedger(later)).rejects.toThrow('version 99')
  const other = join(mkdtempSync(join(tmpdir(), 'thalamus-ledger-')), 'notes.txt')
  writeFileSync(other, 'No database, but somebody’s notes. '.repeat(100))
  await expect(openLedger(other)).rejects.toThrow(/not a database/)
})

test('usage is read by key, by model and by day while the gateway writes', async () => {
  const path = file()
  const ledger = await openLedger(path)
  ledger.append([
    record({}),
    record({ role: 'attempt', model: 'up/b', costNanoUsd: 500, outcome: 'upstream_empty' }),
    record({ key: 'team-b', at: 11 * DAY_MS, isEstimated: true }),
  ])
  const [first, second] = await readUsage(path, 'key', 0)
  expect(first).toEqual({
    name: 'team-a',
    calls: 1,
    unseen: 1,
    input_tokens: 20,
    output_tokens: 40,
    cost_usd: 0.000002,
    estimated_usd: 0,
    unpriced: 0,
  })
  expect(second).toMatchObject({ name: 'team-b', calls: 1, estimated_usd: 0.0000015 })
  expect((await readUsage(path, 'model', 0)).map(({ name }) => name)).toEqual(['up/a', 'up/b'])
  expect((await readUsage(path, 'day', 11 * DAY_MS)).map(({ name }) => name)).toEqual(['1970-01-12'])
  ledger.close()
})

test('a file that was moved or removed takes no rows until it is back', async () => {
  const path = file()
  const ledger = await openLedger(path)
  ledger.append([record({ id: 'rt_1' })])
  renameSync(path, `${path}.old`)
  await sleep(1_050)
  expect(() => ledger.append([record({ id: 'rt_2' })])).toThrow(/moved or removed/)
  renameSync(`${path}.old`, path)
  ledger.append([record({ id: 'rt_2' })])
  ledger.close()
  expect(new DatabaseSync(path).prepare('SELECT id FROM usage').all()).toEqual([{ id: 'rt_1' }, { id: 'rt_2' }])
})
