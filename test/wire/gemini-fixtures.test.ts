import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'
import { hasCases } from './cases.ts'

// What a peer makes of the same requests (data/tools/README.md). Where we differ on purpose the reason stands beside the id.

type Row = {
  readonly id: string
  readonly api: string
  readonly openai_messages?: readonly JsonObject[] | null
  readonly openai_tools?: readonly JsonObject[] | null
  readonly openai_tool_choice?: JsonObject | string | null
  readonly ai_sdk_input: readonly [JsonObject[] | { readonly modelId?: string }, { readonly isGemmaModel?: boolean }?]
  readonly expected: {
    readonly contents?: unknown
    readonly systemInstruction?: unknown
    readonly tools?: unknown
    readonly toolConfig?: unknown
  }
}

function rows(file: string): Row[] {
  if (!hasCases) return []
  const path = join(DATA, 'tools/providers', file)
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line) as Row).filter((row) => row.api === 'gemini-generateContent')
}

const MESSAGES: Readonly<Record<string, string>> = {
  'vaifn:291': 'instructions alone are the user’s words: Gemini refuses a request without contents',
  'vaifn:302': 'the same, for Gemma',
  'vaifn:307': 'a result without its call is text: Gemini refuses the response alone',
  'vaifn:326': 'asked of Gemini 3, where a call that no Gemini signed needs the mark',
  'vaifn:342': 'a media type with a wildcard is the client’s to mend: bytes are not looked into',
}

const said = rows('vercel_request_messages.jsonl.gz').filter((row) => row.openai_messages != null)
const declared = rows('vercel_request_tools.jsonl.gz').filter((row) => (row.openai_tools?.length ?? 0) > 0)

describe.skipIf(!hasCases)('a peer’s requests', () => {
  test('there are some', () => expect([said.length > 8, declared.length > 4]).toEqual([true, true]))

  test.each(said.map((row) => [row.id, row] as const))(
    'messages %s',
    (id, { openai_messages: messages, ai_sdk_input: [, options], expected }) => {
      const model = options?.isGemmaModel === true ? 'gemma-3-27b-it' : 'gemini-3-flash-preview'
      const request = openaiChat.readRequest({ model, messages: messages ?? [] })
      const { contents, systemInstruction } = geminiGenerate.writeRequest(request, model).body
      const made = plain({ contents, systemInstruction })
      const theirs = plain({ contents: expected.contents, systemInstruction: expected.systemInstruction })
      if (MESSAGES[id] === undefined) expect(made).toEqual(theirs)
      else expect(made, MESSAGES[id]).not.toEqual(theirs)
    },
  )

  test.each(declared.map((row) => [row.id, row] as const))('tools %s', (_id, row) => {
    const model = 'gemini-3-flash-preview'
    const chat = { model, messages: [{ role: 'user', content: 'x' }], tools: row.openai_tools ?? [] }
    const choice = row.openai_tool_choice == null ? {} : { tool_choice: row.openai_tool_choice }
    const { body } = geminiGenerate.writeRequest(openaiChat.readRequest({ ...chat, ...choice }), model)
    expect(plain(body['toolConfig'])).toEqual(row.expected.toolConfig)
    expect(names(body['tools'])).toEqual(names(row.expected.tools))
  })
})

/** As it is sent; how the result of a call is named inside its response is each writer’s own. */
function plain(value: unknown): unknown {
  if (value === undefined) return undefined
  return JSON.parse(JSON.stringify(value), (key, one) => (key === 'response' ? 'a response' : one))
}

function names(tools: unknown): unknown {
  return JSON.parse(JSON.stringify(tools), (key, one) => (key.startsWith('parameters') ? undefined : one))
}
