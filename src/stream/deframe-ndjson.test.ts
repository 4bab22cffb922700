import { expect, test } from 'vitest'
import { createDeframer } from './deframe.ts'

const encoder = new TextEncoder()
const MAX = 1_000

/** The lines that come out, with one network read every `cut` bytes. */
function linesOf(bytes: Uint8Array, cut: number): string[] {
  const deframer = createDeframer('ndjson', MAX)
  const events = []
  for (let start = 0; start < bytes.length; start += cut) events.push(...deframer.push(bytes.slice(start, start + cut)))
  events.push(...deframer.end())
  expect(events.every(({ event }) => event === undefined)).toBe(true)
  return events.map(({ data }) => data)
}

test.each([
  ['lines', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ['a last line that is not closed', '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
  ['characters of two, three and four bytes', '{"a":"ü世👋"}\n{"b":"👋"}', ['{"a":"ü世👋"}', '{"b":"👋"}']],
  ['carriage returns and empty lines', '\r\n{"a":1}\r\n\n  \n{"b":2}\r\n\r\n', ['{"a":1}', '{"b":2}']],
  ['escaped line feeds', '{"a":"x\\ny"}\n', ['{"a":"x\\ny"}']],
  ['nothing', '', []],
])('%s come out whole at every cut', (_what, text, lines) => {
  const bytes = encoder.encode(text)
  for (let cut = 1; cut <= bytes.length + 1; cut += 1) expect(linesOf(bytes, cut), `cut at ${cut}`).toEqual(lines)
})

test('a line is out as soon as it is closed', () => {
  const deframer = createDeframer('ndjson', MAX)
  expect(deframer.push(encoder.encode('{"a"'))).toEqual([])
  expect(deframer.push(encoder.encode(':1}\n{"b"'))).toEqual([{ event: undefined, data: '{"a":1}' }])
  expect(deframer.end()).toEqual([{ event: undefined, data: '{"b"' }])
})

test.each([1, 7, 64, 5_000])('a line that never ends is refused within bounds, %i bytes a read', (cut) => {
  const deframer = createDeframer('ndjson', MAX)
  let pushed = 0
  const flood = (): void => {
    while (pushed < 1_000_000) {
      pushed += cut
      deframer.push(new Uint8Array(cut).fill(97))
    }
  }
  expect(flood).toThrow(expect.objectContaining({ code: 'upstream_malformed' }))
  expect(pushed).toBeLessThanOrEqual(MAX + cut)
})

test('many lines may be more than one line may', () => {
  const line = `"${'x'.repeat(MAX - 2)}"`
  expect(linesOf(encoder.encode(`${line}\n${line}\n${line}\n`), 5_000)).toEqual([line, line, line])
})
