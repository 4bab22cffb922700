import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnswerServer } from '../wire/answer-server.ts'
import { startAnswerServer } from '../wire/answer-server.ts'
import type { AwsSdk } from '../wire/aws-sdk.ts'
import { startAwsSdk } from '../wire/aws-sdk.ts'
import { hasCases } from '../wire/case-data.ts'
import { knownAnswers } from './answers.ts'
import { anthropicClient } from './anthropic.ts'
import { bedrockClient } from './bedrock.ts'
import type { Client } from './client.ts'
import { cohereClient } from './cohere.ts'
import { DIFFERENCES } from './differences.ts'
import { geminiClient } from './gemini.ts'
import { ollamaClient } from './ollama.ts'
import { openaiChatClient } from './openai-chat.ts'
import { openaiResponsesClient } from './openai-responses.ts'
import { saidBy } from './said.ts'

// Whatever a provider answered, every client gets it: each recorded answer of each provider, written in each format, whole
// and as a stream, and read by that format's own SDK.

let server: AnswerServer
let aws: AwsSdk
beforeAll(async () => {
  server = await startAnswerServer()
  aws = await startAwsSdk()
})
afterAll(() => Promise.all([server.close(), aws.close()]))

const CLIENTS: Readonly<Record<string, () => Client>> = {
  'openai, chat.completions': () => openaiChatClient,
  'openai, responses': () => openaiResponsesClient,
  '@anthropic-ai/sdk': () => anthropicClient,
  '@google/genai': () => geminiClient(server),
  '@aws-sdk/client-bedrock-runtime': () => bedrockClient(aws),
  'cohere-ai': () => cohereClient(server),
  ollama: () => ollamaClient(server),
}

const answers = knownAnswers()
const ids = new Set(answers.map(({ id }) => id))

test.skipIf(!hasCases)('there are answers of every provider', () => {
  expect(answers.length).toBeGreaterThan(450)
})

test('every difference is one of a client', () => {
  expect(Object.keys(DIFFERENCES).filter((name) => !(name in CLIENTS))).toEqual([])
})

describe.skipIf(!hasCases).each(Object.entries(CLIENTS))('%s', (name, start) => {
  const differences = DIFFERENCES[name] ?? {}
  test('every difference names an answer', () => {
    expect(start().name).toBe(name)
    expect(Object.keys(differences).filter((id) => !ids.has(id))).toEqual([])
  })

  test.each(answers.map((one) => [one.id, one] as const))('%s', async (id, { parts }) => {
    const { whole, streamed, carried } = start()
    const expected = carried(saidBy(parts), parts)
    // The SDK may throw.
    const read = [await whole(parts), await streamed(parts).catch((thrown: unknown) => thrown)]
    if (differences[id] === undefined) expect(read).toEqual([expected, expected])
    // A listing that has become wrong fails.
    else expect(read, differences[id]).not.toEqual([expected, expected])
  })
})
