import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { cohereChat } from '../../src/wire/cohere-chat/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA, hasCases } from './cases.ts'

type Row = { api: string; id: string; openai_messages: unknown; expected: { messages: Record<string, unknown>[] } }

describe.skipIf(!hasCases)(`another gateway’s requests${hasCases ? '' : ' (no shared data here)'}`, () => {
  const file = join(DATA, 'tools/providers/vercel_request_messages.jsonl.gz')
  const rows = hasCases ? gunzipSync(readFileSync(file)).toString().trimEnd().split('\n') : []
  const own = rows
    .map((line) => JSON.parse(line) as Row)
    .filter((row) => row.api === 'cohere-v2-chat' && row.openai_messages !== null)
  test('there are some', () => expect(own.length).toBeGreaterThan(0))
  test.each(own.map((row) => [row.id, row] as const))('%s', (_id, row) => {
    const request = openaiChat.readRequest({ model: 'm', messages: row.openai_messages as never })
    const { messages } = cohereChat.writeRequest(request, 'm').body as { messages: Record<string, unknown>[] }
    // It drops what is said before calls; for us that is the plan.
    const without = messages.map(({ tool_plan, ...message }) => message)
    expect(without).toEqual(row.expected.messages)
  })
})
