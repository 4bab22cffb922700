import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLogFile, openLogFile } from './log-file.ts'
import { readDecisionLog } from './read-decision-log.ts'

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'thalamus-log-file-')), 'logs', 'decisions.jsonl')
const line = (id: string): Uint8Array => Buffer.from(`${outcome(id)}\n`)
const outcome = (id: string): string => JSON.stringify({ type: 'outcome', id, source: 'user', reward: 1 })

async function idsIn(path: string): Promise<{ readonly ids: string[]; readonly skipped: number }> {
  const reading = readDecisionLog(path)
  const ids: string[] = []
  for await (const record of reading.records) if ('id' in record) ids.push(record.id)
  return { ids, skipped: reading.skipped() }
}

test('full files are kept up to a number, the newest first, and read oldest first', async () => {
  const path = newPath()
  const file = await createLogFile(path, 2)
  for (const id of ['a', 'b', 'c', 'd']) {
    await file.append(line(id))
    if (id !== 'd') await file.rotate()
  }
  await file.close()
  expect(readdirSync(join(path, '..')).sort()).toEqual(['decisions.jsonl', 'decisions.jsonl.1', 'decisions.jsonl.2'])
  expect(readFileSync(`${path}.1`, 'utf8')).toContain('"c"')
  expect((await idsIn(path)).ids).toEqual(['b', 'c', 'd'])
  expect((await idsIn(`${path}.1`)).ids).toEqual(['c'])
})

test('with none to keep, a full file goes', async () => {
  const path = newPath()
  const file = await createLogFile(path, 0)
  await file.append(line('a'))
  await file.rotate()
  expect(file.bytes()).toBe(0)
  await file.close()
  expect(existsSync(`${path}.1`)).toBe(false)
})

test('a line that was cut when the process died is skipped, and swallows no other', async () => {
  const path = newPath()
  const before = await createLogFile(path, 2)
  await before.append(line('a'))
  await before.close()
  appendFileSync(path, outcome('b').slice(0, 20))
  expect(await idsIn(path)).toEqual({ ids: ['a'], skipped: 1 })
  const after = await createLogFile(path, 2)
  const from = after.bytes()
  await after.append(line('c'))
  expect(await after.read(from, line('c').length)).toBe(Buffer.from(line('c')).toString())
  await after.close()
  expect(await idsIn(path)).toEqual({ ids: ['a', 'c'], skipped: 1 })
})

test('only its owner may read it', async () => {
  const path = newPath()
  await (await createLogFile(path, 1)).close()
  expect(statSync(path).mode & 0o077).toBe(0)
})

test('a file that cannot be written is a problem of the configuration, with its path', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'thalamus-log-file-')), 'a-file')
  writeFileSync(file, '')
  const opened = await openLogFile({ path: 'log.jsonl', prompts: false, max_bytes: 65_536, keep: 1 }, file)
  expect(opened).toMatchObject({ problems: [{ path: 'telemetry.decision_log.path' }] })
})

test('no such log is said with its path', () => {
  expect(() => readDecisionLog('/nowhere/log.jsonl')).toThrow('There is no /nowhere/log.jsonl.')
})
