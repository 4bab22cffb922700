import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { providers } from '../../src/providers/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'

// The reference's requests to each provider: the same conversation read, written and adjusted by us.
const FOLDER = join(DATA, 'tools/providers')
const hasData = existsSync(FOLDER)

type Row = {
  readonly id: string
  readonly api: string
  readonly meta: { readonly test: string }
  readonly openai_messages?: JsonObject[] | null
  readonly openai_tools?: JsonObject[] | null
  readonly openai_tool_choice?: string | JsonObject | null
  readonly expected: unknown
}

/** A model whose dialect is the one the reference tests. */
const PROVIDERS: Readonly<Record<string, { readonly id: string; readonly model: (name: string) => string }>> = {
  'openai-chat': { id: 'openai', model: () => 'gpt-4o' },
  'openai-compatible-chat': { id: 'openai-compatible', model: () => 'm' },
  'mistral-chat': { id: 'mistral', model: () => 'magistral-medium' },
  'deepseek-chat': { id: 'deepseek', model: (name) => (name.includes('v4') ? 'deepseek-v4-pro' : 'deepseek-chat') },
  'groq-chat': { id: 'groq', model: () => 'llama-3.3-70b-versatile' },
  'xai-chat': { id: 'xai', model: () => 'grok-3' },
  'moonshot-chat': { id: 'moonshotai', model: () => 'moonshot-v1-8k' },
  'alibaba-chat': { id: 'alibaba', model: () => 'qwen3-max' },
}

const IDS = 'ids are nine letters made from the whole id (tool-calling.md §1.3); the reference does that elsewhere'
const SNIFFED = 'the reference looks into the bytes for "image/*"; we pass on what the client says its picture is'
const OPEN_SCHEMA = 'a strict schema that leaves objects open is refused (400); it is sent as a guide'
const ASKED = 'an option of the reference, not of the conversation'
const UNTYPED = 'OpenAI refuses parameters that do not say that they are an object, and of which members'

/** Case ▶ why our request differs on purpose. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:426': SNIFFED,
  'vaifn:428': ASKED,
  'vaifn:430': ASKED,
  'vaifn:451': 'a turn that says nothing is left out: Moonshot and Mistral refuse it',
  'vaifn:514':
    'Qwen reads earlier reasoning where preserve_thinking is set, and ignores it otherwise; the reference drops it',
  'vaifn:571': 'Mistral takes the URL as a string or as an object with it',
  'vaifn:576': 'Chat Completions has one place for thoughts, so their order among the words is not known',
  'vaifn:577': IDS,
  'vaifn:578': IDS,
  'vaifn:580': IDS,
  'vaifn:584': SNIFFED,
  'vaifn:628': OPEN_SCHEMA,
  'vaifn:631': OPEN_SCHEMA,
  'vaifn:651': SNIFFED,
  'vaifn:699': OPEN_SCHEMA,
  'vaifn:696': UNTYPED,
  'vaifn:697': UNTYPED,
  'vaifn:702': OPEN_SCHEMA,
  'vaifn:724': SNIFFED,
}

function rowsOf(file: string): Row[] {
  if (!hasData) return []
  const lines = gunzipSync(readFileSync(join(FOLDER, file)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Row).filter((row) => PROVIDERS[row.api] !== undefined)
}

/** What the provider would be sent. */
function sent({ api, meta }: Row, members: JsonObject): JsonObject {
  const { id, model } = PROVIDERS[api] ?? { id: '', model: () => '' }
  const provider = providers.get(id)
  const name = model(meta.test)
  const request = openaiChat.readRequest({ model: 'auto', ...members })
  const { body } = openaiChat.writeRequest(request, name, provider?.traits)
  const target = {
    id: '',
    provider: '',
    model: name,
    format: 'openai-chat',
    baseUrl: '',
    catalogId: undefined,
    facts: {},
  } as const
  return provider?.adjustBody?.(body, { target, format: 'openai-chat', lose: () => undefined }) ?? body
}

/** No content, empty content and a list of one text are the same to every server. */
function plain(message: JsonObject): JsonObject {
  const { content, name: _, ...rest } = message
  const only = Array.isArray(content) && content.length === 1 ? content[0] : undefined
  const text =
    isJsonObject(only) && only['type'] === 'text' && only['cache_control'] === undefined ? only['text'] : content
  return { ...rest, content: text ?? '' }
}

function expectedMessages({ expected }: Row): JsonObject[] {
  const list = isJsonObject(expected) ? expected['messages'] : expected
  return (Array.isArray(list) ? list : []).map(plain)
}

const messages = rowsOf('vercel_request_messages.jsonl.gz').filter((row) => (row.openai_messages ?? []).length > 0)
const tools = rowsOf('vercel_request_tools.jsonl.gz').filter(
  (row) => row.openai_tools !== null && row.openai_tools !== undefined,
)

describe.skipIf(!hasData)(`requests to the chat family${hasData ? '' : ' (no shared data here)'}`, () => {
  test('there are cases', () => expect([messages.length > 40, tools.length > 25]).toEqual([true, true]))

  test.each(messages.map((row) => [row.id, row.api, row.meta.test, row] as const))(
    '%s %s %s',
    (id, _api, _test, row) => {
      const { messages: found } = sent(row, { messages: row.openai_messages ?? [] })
      const ours = (found as JsonObject[]).map(plain)
      const differs = DIFFERENCES[id]
      if (differs === undefined) expect(ours).toEqual(expectedMessages(row))
      else expect(ours, differs).not.toEqual(expectedMessages(row))
    },
  )

  test.each(tools.map((row) => [row.id, row.api, row.meta.test, row] as const))('%s %s %s', (id, _api, _test, row) => {
    const asked = { tools: row.openai_tools ?? [], tool_choice: row.openai_tool_choice ?? null }
    const { tools: written, tool_choice: choice } = sent(row, { messages: [{ role: 'user', content: 'a' }], ...asked })
    const expected = row.expected as JsonObject
    const differs = DIFFERENCES[id]
    if (differs === undefined) expect([written, choice]).toEqual([expected['tools'], expected['toolChoice']])
    else expect([written, choice], differs).not.toEqual([expected['tools'], expected['toolChoice']])
  })
})
