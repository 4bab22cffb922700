import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('lines are JSON, and a flush writes them in one piece', () => {
  const written: string[] = []
  const log = createLog({ write: (text) => written.push(text) > 0, writableLength: 0 }, () => 0)
  log('info', 'request', { id: 'rt_1', note: 'a "quoted" word', absent: undefined })
  log('warn', 'plain')
  expect(written).toEqual([])
  log.flush()
  expect(written).toHaveLength(1)
  const lines = (written[0] ?? '')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', event: 'request', id: 'rt_1', note: 'a "quoted" word' },
    { time: '1970-01-01T00:00:00.000Z', level: 'warn', event: 'plain' },
  ])
})

test('a reader that is too slow loses lines, is told how many, and never fills memory', () => {
  const written: string[] = []
  const stream = { write: (text: string) => written.push(text) > 0, writableLength: 8 * 1024 * 1024 }
  const log = createLog(stream, () => 0)
  for (let index = 0; index < 3; index += 1) log('info', 'request', { index })
  log.flush()
  expect(written).toEqual([])
  stream.writableLength = 0
  log('info', 'request', { index: 3 })
  log.flush()
  expect(JSON.parse(written[0] ?? '')).toMatchObject({ index: 3, dropped: 3 })
  expect(log.dropped()).toBe(3)
})
