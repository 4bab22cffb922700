import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { DATA } from '../data-folder.ts'
import { expectValid } from './bedrock-rules.ts'
import { SONNET } from './bedrock-written.ts'

const FOLDER = join(DATA, 'tools/providers')
const hasFixtures = existsSync(FOLDER)

type Fixture = {
  readonly id: string
  readonly api: string
  readonly meta: { readonly test: string }
  readonly openai_messages?: readonly JsonObject[] | null
  readonly openai_tools?: readonly JsonObject[] | null
  readonly openai_tool_choice?: JsonObject | string | null
  readonly ai_sdk_input: readonly { readonly modelId: string }[]
  readonly expected: {
    readonly system: unknown
    readonly messages: readonly JsonObject[]
    readonly toolConfig: JsonObject
  }
}

function fixtures(file: string): Fixture[] {
  if (!hasFixtures) return []
  const lines = gunzipSync(readFileSync(join(FOLDER, file)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => JSON.parse(line) as Fixture).filter(({ api }) => api === 'bedrock-converse')
}

const NO_USER = 'the conversation does not begin with the user, which Bedrock refuses: a turn of his is put before it'
const NO_CALL = 'a result without its call, which Bedrock refuses: it is sent as words'

const MESSAGE_DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:207': 'instructions alone, which Bedrock refuses: they are sent as the user’s words',
  'vaifn:219': 'instructions alone, which Bedrock refuses: they are sent as the user’s words',
  'vaifn:225': 'the rewrite for Chat Completions joined two texts',
  'vaifn:243':
    'no tools were sent with a history of calls: they are declared from it, and the model is told not to call',
  'vaifn:249': 'words stand before calls, and keep the white space that they begin with',
  'vaifn:251': NO_USER,
  'vaifn:255': NO_USER,
  'vaifn:279': NO_CALL,
  'vaifn:281': NO_USER,
  'vaifn:285': NO_CALL,
}

const TOOL_DIFFERENCES: Readonly<Record<string, string>> = {
  'vaifn:594': 'the root of a schema says that it is an object',
  'vaifn:595': 'the root of a schema says that it is an object',
  'vaifn:597': 'Llama cannot be made to call one tool by name: it must call the only one there is',
  'vaifn:598': 'Llama cannot be made to call one tool by name: it must call the only one there is',
  'vaifn:599': 'a model can be held to a closed schema only',
  'vaifn:600': '"strict": false asks for nothing, and not every model knows the field',
}

describe.skipIf(!hasFixtures)(`the AI SDK's own requests${hasFixtures ? '' : ' (no shared data here)'}`, () => {
  const messages = fixtures('vercel_request_messages.jsonl.gz').filter((one) => one.openai_messages !== null)
  const tools = fixtures('vercel_request_tools.jsonl.gz').filter((one) => (one.openai_tools ?? null) !== null)

  test('there are some, and every difference names one', () => {
    expect(messages.length).toBeGreaterThan(10)
    expect(tools.length).toBeGreaterThan(8)
    const ids = new Set([...messages, ...tools].map((one) => one.id))
    expect(
      [...Object.keys(MESSAGE_DIFFERENCES), ...Object.keys(TOOL_DIFFERENCES)].filter((id) => !ids.has(id)),
    ).toEqual([])
  })

  test.each(messages.map((one) => [one.id, one.meta.test, one] as const))('%s %s', (id, name, one) => {
    const model = name.includes('isMistral is true') ? 'mistral.mistral-large-2407-v1:0' : SONNET
    const chat = openaiChat.readRequest({ model: 'm', messages: one.openai_messages ?? [] })
    const { body } = bedrockConverse.writeRequest(chat, model)
    expectValid(body)
    const written = { system: body['system'] ?? [], messages: body['messages'] }
    const { system, messages: expected } = one.expected
    if (MESSAGE_DIFFERENCES[id] === undefined) expect(written).toEqual({ system, messages: expected })
    else expect(written, MESSAGE_DIFFERENCES[id]).not.toEqual({ system, messages: expected })
  })

  test.each(tools.map((one) => [one.id, one.meta.test, one] as const))('%s %s', (id, _name, one) => {
    const chat = openaiChat.readRequest({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      tools: one.openai_tools ?? [],
      ...(one.openai_tool_choice === null ? {} : { tool_choice: one.openai_tool_choice }),
    })
    const { body } = bedrockConverse.writeRequest(chat, one.ai_sdk_input[0]?.modelId ?? '')
    const written = body['toolConfig'] ?? {}
    if (TOOL_DIFFERENCES[id] === undefined) expect(written).toEqual(one.expected.toolConfig)
    else expect(written, TOOL_DIFFERENCES[id]).not.toEqual(one.expected.toolConfig)
  })
})
