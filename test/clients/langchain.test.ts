import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Program } from './start-program.ts'
import { startProgram } from './start-program.ts'

// LangChain JS against the program as a new user starts it.

let program: Program
let model: ChatOpenAI

beforeAll(async () => {
  program = await startProgram()
  model = new ChatOpenAI({
    model: 'auto',
    apiKey: 'unused',
    maxRetries: 0,
    configuration: { baseURL: `${program.url}/v1` },
  })
})

afterAll(() => program.close())

const question = new HumanMessage('What is the weather in Paris?')
const weather = tool(({ city }) => `sunny in ${city}`, {
  name: 'get_weather',
  description: 'Weather of a city',
  schema: z.object({ city: z.string() }),
})

/** LangChain's types lose the member between its packages. */
function usageOf(message: object | undefined): { readonly output_tokens?: number; readonly total_tokens?: number } {
  const usage: unknown = message === undefined ? undefined : Reflect.get(message, 'usage_metadata')
  return typeof usage === 'object' && usage !== null ? usage : {}
}

test('a question is answered, with usage', async () => {
  const answer = await model.invoke([question])
  expect(answer.text.length).toBeGreaterThan(0)
  expect(usageOf(answer).output_tokens).toBeGreaterThan(0)
})

test('a stream comes in pieces that add up, with usage at its end', async () => {
  let pieces = 0
  let whole: Awaited<ReturnType<typeof model.invoke>> | undefined
  for await (const chunk of await model.stream([question])) {
    pieces += 1
    whole = whole === undefined ? chunk : whole.concat(chunk)
  }
  expect(pieces).toBeGreaterThan(3)
  expect(whole?.text.length).toBeGreaterThan(0)
  expect(usageOf(whole).total_tokens).toBeGreaterThan(0)
})

test('tools are called and their results read', async () => {
  const armed = model.bindTools([weather], { tool_choice: 'required' })
  const call = await armed.invoke([question])
  expect(call.tool_calls?.[0]).toMatchObject({ name: 'get_weather', args: { city: expect.any(String) } })
  const result = await weather.invoke({ ...call.tool_calls?.[0], name: 'get_weather', type: 'tool_call' } as never)
  expect(result).toBeInstanceOf(ToolMessage)
  const answer = await model.bindTools([weather]).invoke([question, call, result])
  expect(answer).toBeInstanceOf(AIMessage)
  expect(answer.text.length).toBeGreaterThan(0)
})

test('an object of a schema', async () => {
  const schema = z.object({ city: z.string(), degrees: z.number() })
  const found = await model.withStructuredOutput(schema, { name: 'weather', method: 'jsonSchema' }).invoke([question])
  expect(schema.parse(found)).toEqual(found)
})
