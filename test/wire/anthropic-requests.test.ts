import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'

const FOLDER = join(DATA, 'tools/providers')
const hasFixtures = existsSync(FOLDER)

type Row = { readonly id: string; readonly api: string; readonly meta: { readonly test: string } }
type MessageRow = Row & {
  readonly openai_messages: readonly JsonValue[] | null
  readonly expected: { readonly prompt: { readonly system?: JsonValue; readonly messages: readonly JsonObject[] } }
}
type ToolRow = Row & {
  readonly openai_tools: readonly JsonValue[] | null
  readonly openai_tool_choice: JsonValue
  readonly expected: { readonly tools?: readonly JsonObject[]; readonly toolChoice?: JsonValue }
}

function rowsOf<Kind extends Row>(name: string): readonly Kind[] {
  if (!hasFixtures) return []
  const lines = gunzipSync(readFileSync(join(FOLDER, name)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Kind).filter((row) => row.api === 'anthropic-messages')
}

/** What a client of Chat Completions sends, as this model gets it. */
function written(body: JsonObject, model = 'claude-haiku-4-5'): JsonObject {
  const request = openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content: 'x' }], ...body })
  return anthropicMessages.writeRequest(request, model).body
}

/** Results as lists of blocks: a string is short for one text. */
function spelled(messages: readonly JsonObject[]): JsonValue {
  return messages.map((message) => ({ ...message, content: spelledBlocks(message['content']) }))
}

function spelledBlocks(content: JsonValue | undefined): JsonValue {
  return (Array.isArray(content) ? content : []).map((block: JsonValue) =>
    isJsonObject(block) && typeof block['content'] === 'string'
      ? { ...block, content: [{ type: 'text', text: block['content'] }] }
      : block,
  )
}

const MESSAGE_DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:125': 'A conversation of system text alone is refused by the API: a line of the user is put in.',
  'vaifn:126': 'This model takes no system turns; where one does, it must follow what the user said.',
  'vaifn:149': 'Results without their calls are refused by the API: sent as text.',
  'vaifn:158': "The case's own text is in two pieces; ours is one.",
  'vaifn:162': 'A conversation must begin with the user: a line is put in.',
  'vaifn:193': 'A call without a result is refused by the API: a result is put in.',
  'vaifn:196': 'Results without their calls are refused by the API: sent as text.',
}

describe.skipIf(!hasFixtures)(
  `requests as the reference writes them${hasFixtures ? '' : ' (no shared data here)'}`,
  () => {
    const rows = rowsOf<MessageRow>('vercel_request_messages.jsonl.gz').filter((row) => row.openai_messages !== null)
    test.each(rows.map((row) => [row.id, row.meta.test, row] as const))('%s %s', (id, _name, row) => {
      const { system, messages } = written({ messages: row.openai_messages ?? [] })
      const ours = { system, messages: spelled(messages as unknown as JsonObject[]) }
      const theirs = { system: row.expected.prompt.system, messages: spelled(row.expected.prompt.messages) }
      const differs = MESSAGE_DIFFERENCES[id]
      if (differs === undefined) expect(ours).toEqual(theirs)
      else expect(ours, differs).not.toEqual(theirs)
    })
    test('every difference names a case', () => {
      const ids = new Set(rows.map((row) => row.id))
      expect(Object.keys(MESSAGE_DIFFERENCES).filter((id) => !ids.has(id))).toEqual([])
    })
  },
)

const TOOL_DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:346': 'Examples have no place in Chat Completions, from which ours come.',
  'vaifn:347': 'Strict needs a closed schema; this one is open, and closing it would change what it says.',
  'vaifn:351': 'Not strict is what a tool is without a word.',
  'vaifn:378': 'The root of a schema must say that it is an object.',
  'vaifn:379': 'The root of a schema must say that it is an object.',
  'vaifn:380': 'The tools stay, with a choice of none: a history with calls needs them.',
}

describe.skipIf(!hasFixtures)(
  `tools as the reference writes them${hasFixtures ? '' : ' (no shared data here)'}`,
  () => {
    const rows = rowsOf<ToolRow>('vercel_request_tools.jsonl.gz').filter((row) => row.openai_tools !== null)
    test.each(rows.map((row) => [row.id, row.meta.test, row] as const))('%s %s', (id, _name, row) => {
      const { tools, tool_choice } = written({ tools: row.openai_tools ?? [], tool_choice: row.openai_tool_choice })
      const theirs = { tools: row.expected.tools, tool_choice: row.expected.toolChoice }
      const differs = TOOL_DIFFERENCES[id]
      if (differs === undefined) expect({ tools, tool_choice }).toEqual(theirs)
      else expect({ tools, tool_choice }, differs).not.toEqual(theirs)
    })
    test('every difference names a case', () => {
      const ids = new Set(rows.map((row) => row.id))
      expect(Object.keys(TOOL_DIFFERENCES).filter((id) => !ids.has(id))).toEqual([])
    })
  },
)
