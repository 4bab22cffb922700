import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import Anthropic from '@anthropic-ai/sdk'
import { jsonSchema, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DIALECTS } from '../../src/dialects/index.ts'
import type { DialectCase } from '../dialects/cases.ts'
import { dialectCases, hasDialectCases } from '../dialects/cases.ts'
import { comparable, readAll, toolsOf } from '../dialects/read.ts'
import type { CaptureUpstream } from '../flow/capture-upstream.ts'
import { startCaptureUpstream } from '../flow/capture-upstream.ts'
import type { TestGateway } from '../flow/start-gateway.ts'
import { startGateway } from '../flow/start-gateway.ts'

// Every text of the own matrix as the answer of a model that calls tools in its text, in pieces of three characters: what
// SDKs make of the streams that the gateway sends. OpenAI's parses the arguments of strict tools itself, and complains.

const cases = dialectCases('own_matrix')
const byId = new Map(cases.map((one) => [one.id, one]))

let upstream: CaptureUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { messages } = JSON.parse(body.toString())
    const said = messages.at(-1).content
    const one = byId.get(typeof said === 'string' ? said : said[0].text)
    const chunk = (delta: object, finish: string | null): string => {
      const choices = [{ index: 0, delta, finish_reason: finish }]
      return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
    }
    const pieces = one?.model_output.match(/.{1,3}/gsu) ?? []
    const finish = one?.meta.finish_reason === 'length' ? 'length' : 'stop'
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const events = pieces.map((content) => chunk({ content }, null)).join('')
    response.end(`${chunk({ role: 'assistant', content: '' }, null)}${events}${chunk({}, finish)}data: [DONE]\n\n`)
  })
  gateway = await startGateway({
    models: [...DIALECTS.keys()],
    upstream: upstream.url,
    textTools: (model) => ({ dialect: model, isEmulated: false }),
  })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

type Call = { readonly name: string; readonly argumentsText: string }

/** The calls of a case as the reader of its dialect finds them in the whole text. */
function expectedOf(one: DialectCase): unknown {
  const dialect = DIALECTS.get(one.dialect)
  if (dialect === undefined) throw new Error(`no dialect ${one.dialect}`)
  return comparable(readAll(dialect, toolsOf(one), [one.model_output]).calls)
}

function schemaOf({ parameters }: DialectCase['tools'][number]['function']): Anthropic.Tool.InputSchema {
  return { ...parameters, type: 'object' }
}

const SDKS: Readonly<Record<string, (one: DialectCase) => Promise<readonly Call[]>>> = {
  async openai({ id, dialect, tools }) {
    const client = new OpenAI({ apiKey: 'k', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
    const stream = client.chat.completions.stream({
      model: `up/${dialect}`,
      messages: [{ role: 'user', content: id }],
      tools: tools.map(({ function: one }) => ({
        type: 'function',
        function: { name: one.name, parameters: schemaOf(one), strict: true },
      })),
    })
    const { choices } = await stream.finalChatCompletion()
    return (choices[0]?.message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ name: call.function.name, argumentsText: call.function.arguments }] : [],
    )
  },
  async anthropic({ id, dialect, tools }) {
    const client = new Anthropic({ apiKey: 'k', baseURL: gateway.url, maxRetries: 0 })
    const stream = client.messages.stream({
      model: `up/${dialect}`,
      max_tokens: 1_000,
      messages: [{ role: 'user', content: id }],
      tools: tools.map(({ function: one }) => ({ name: one.name, input_schema: schemaOf(one) })),
    })
    const { content } = await stream.finalMessage()
    return content.flatMap((block) =>
      block.type === 'tool_use' ? [{ name: block.name, argumentsText: JSON.stringify(block.input) }] : [],
    )
  },
  async 'ai-sdk'({ id, dialect, tools }) {
    const provider = createOpenAICompatible({ name: 'thalamus', baseURL: `${gateway.url}/v1` })
    const result = streamText({
      model: provider(`up/${dialect}`),
      prompt: id,
      tools: Object.fromEntries(
        tools.map(({ function: one }) => [one.name, tool({ inputSchema: jsonSchema(schemaOf(one)) })]),
      ),
      onError: ({ error }) => {
        throw error
      },
    })
    const calls = await result.toolCalls
    return calls.map(({ toolName, input }) => ({ name: toolName, argumentsText: JSON.stringify(input) }))
  },
}

/** JavaScript's own JSON.parse of what SDKs hand out as values loses digits. */
const isExact = (sdk: string): boolean => sdk === 'openai'

describe.skipIf(!hasDialectCases).each(Object.entries(SDKS))(`%s`, (sdk, read) => {
  test.each([...Map.groupBy(cases, ({ dialect }) => dialect)])('%s', async (_dialect, some) => {
    for (const one of some) {
      // OpenAI's SDK refuses an answer that the limit cut, whatever is in it.
      if (sdk === 'openai' && one.meta.finish_reason === 'length') continue
      const calls = await read(one)
      const found = comparable(calls)
      if (isExact(sdk) || one.meta.scenario !== 'int64') expect(found, one.id).toEqual(expectedOf(one))
      else
        expect(
          calls.map(({ name }) => name),
          one.id,
        ).toEqual(one.expected_tool_calls.map(({ name }) => name))
    }
  })
})
