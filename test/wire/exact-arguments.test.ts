import { expect, test } from 'vitest'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { ollamaChat } from '../../src/wire/ollama-chat/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { decode } from './decode.ts'
import { CONTEXT } from './rewrite.ts'

// Numbers in arguments are as the model wrote them (design/tool-calling.md §0.1): typed clients tell 1.0 from 1.

const ARGUMENTS = '{"f":1.0,"g":[-0.0,1E5],"id":9007199254740993}'

const GEMINI = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${ARGUMENTS}}}]},"finishReason":"STOP"}]}`
const OLLAMA = `{"message":{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":${ARGUMENTS}}}]},"done":true}`
const BEDROCK = `{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"f","input":${ARGUMENTS}}}]}},"stopReason":"tool_use"}`

test.each<[string, WireFormat, string, boolean]>([
  ['Gemini', geminiGenerate, GEMINI, false],
  ['Gemini, streamed', geminiGenerate, `data: ${GEMINI}\n\n`, true],
  ['Ollama', ollamaChat, OLLAMA, false],
  ['Ollama, streamed', ollamaChat, `${OLLAMA}\n`, true],
  ['Bedrock', bedrockConverse, BEDROCK, false],
])('%s', (_name, format, body, isStream) => {
  const { calls } = decode(format, new TextEncoder().encode(body), isStream)
  expect(calls.map(({ argumentsText }) => argumentsText)).toEqual([ARGUMENTS])
})

test('pieces of arguments, as Vertex AI streams them', () => {
  const call = `{"name":"f","partialArgs":[{"jsonPath":"$.f","numberValue":1.0}],"willContinue":true}`
  const event = (parts: string, finish: string): string =>
    `data: {"candidates":[{"content":{"parts":[${parts}]}${finish}}]}\n\n`
  const body = event(`{"functionCall":${call}}`, '') + event('{"functionCall":{}}', ',"finishReason":"STOP"')
  const { calls } = decode(geminiGenerate, new TextEncoder().encode(body), true)
  expect(calls.map(({ argumentsText }) => argumentsText)).toEqual(['{"f":1.0}'])
})

test.each([geminiGenerate, bedrockConverse])('text of arguments as the object that $id has', (format) => {
  const parts = openaiChat.readResponse({
    choices: [
      {
        message: { tool_calls: [{ id: 'a', function: { name: 'f', arguments: ARGUMENTS } }] },
        finish_reason: 'tool_calls',
      },
    ],
  })
  expect(JSON.stringify(format.writeResponse(parts, CONTEXT))).toContain(ARGUMENTS)
})
