import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'
import { decode } from './decode.ts'

const FILE = join(DATA, 'tools/providers/vercel_tool_delta_tracker.jsonl.gz')

type Row = {
  readonly deltas: readonly unknown[]
  readonly expected_events: readonly {
    readonly type: string
    readonly id?: string
    readonly toolName?: string
    readonly delta?: string
  }[]
  readonly meta: { readonly test: string }
}

const hasCases = existsSync(FILE)
const rows = hasCases
  ? (gunzipSync(readFileSync(FILE))
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)) as Row[])
  : []

/** Line ▶ why our calls are others than the reference's on purpose. */
const DIFFERENCES: Readonly<Record<number, string>> = {
  9: 'the reference was told to finish the call in between; a call never ends because its arguments parse (§2.3)',
  12: 'a call without an id gets one of ours; the reference throws (§2.2)',
}

function stream(deltas: readonly unknown[]): Uint8Array {
  const chunk = (delta: unknown, finish: string | null): string =>
    `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const events = deltas.map((delta) => chunk({ tool_calls: [delta] }, null))
  return new TextEncoder().encode([...events, chunk({}, 'tool_calls'), 'data: [DONE]\n\n'].join(''))
}

/** Calls as their starts and deltas add up; the reference's records do not always finish them. */
function expectedCalls({ expected_events: events }: Row): { id: string; name: string; arguments: string }[] {
  const starts = events.filter((event) => event.type === 'tool-input-start')
  return starts.map(({ id = '', toolName = '' }) => {
    const deltas = events.filter((event) => event.type === 'tool-input-delta' && event.id === id)
    const text = deltas.map((event) => event.delta ?? '').join('')
    // No arguments are written as an empty object (§2.2).
    return { id, name: toolName, arguments: text === '' ? '{}' : text }
  })
}

describe.skipIf(!hasCases)(`deltas of tool calls${hasCases ? '' : ' (no shared data here)'}`, () => {
  test('there are cases', () => expect(rows.length).toBe(23))
  test.each(rows.map((row, line) => [line, row.meta.test.split(' > ').at(-1), row] as const))(
    '%i %s',
    (line, _name, row) => {
      const bytes = stream(row.deltas)
      const { calls } = decode(openaiChat, bytes, true)
      expect(decode(openaiChat, bytes, true, 7).calls).toEqual(calls)
      const found = calls.map(({ id, name, argumentsText }) => ({ id, name, arguments: argumentsText }))
      if (line in DIFFERENCES) expect(found, DIFFERENCES[line]).not.toEqual(expectedCalls(row))
      else expect(found).toEqual(expectedCalls(row))
    },
  )
})
