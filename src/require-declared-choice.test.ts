import { expect, test } from 'vitest'
import type { JsonObject } from './core/json.ts'
import type { WireFormat } from './core/wire-format.ts'
import { requireDeclaredChoice } from './require-declared-choice.ts'
import { anthropicMessages } from './wire/anthropic-messages/index.ts'
import { geminiGenerate } from './wire/gemini-generate/index.ts'
import { openaiChat } from './wire/openai-chat/index.ts'
import { openaiResponses } from './wire/openai-responses/index.ts'

const MESSAGES = [{ role: 'user', content: 'Hello' }]

function paramOf(format: WireFormat, body: JsonObject): string | undefined {
  try {
    requireDeclaredChoice(format.readRequest({ model: 'm', ...body }, { model: 'm' }), format)
    return undefined
  } catch (thrown) {
    return (thrown as { readonly param: string }).param
  }
}

const claude = (tools: readonly JsonObject[], name: string): JsonObject => {
  return { max_tokens: 9, messages: MESSAGES, tools, tool_choice: { type: 'tool', name } }
}
const look = { name: 'look', input_schema: { type: 'object' } }

test('a choice names a tool that is declared, in every format', () => {
  expect(paramOf(anthropicMessages, claude([look], 'zz'))).toBe('tool_choice')
  expect(paramOf(anthropicMessages, claude([look], 'look'))).toBeUndefined()
  const config = { mode: 'ANY', allowedFunctionNames: ['look', 'zz'] }
  const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]
  const gemini = { contents, tools: [{ functionDeclarations: [{ name: 'look' }] }, { googleSearch: {} }] }
  expect(paramOf(geminiGenerate, { ...gemini, toolConfig: { functionCallingConfig: config } })).toBe(
    'toolConfig.functionCallingConfig',
  )
  const tools = [{ type: 'function', name: 'look' }, { type: 'web_search' }]
  const responses = { input: 'Hello', tools }
  expect(paramOf(openaiResponses, { ...responses, tool_choice: { type: 'function', name: 'zz' } })).toBe('tool_choice')
  expect(paramOf(openaiResponses, { ...responses, tool_choice: { type: 'allowed_tools', tools: [] } })).toBe(
    'tool_choice.tools',
  )
})

test('what a provider brings itself may be chosen', () => {
  const search = { type: 'web_search_20250305', name: 'web_search' }
  expect(paramOf(anthropicMessages, claude([look, search], 'web_search'))).toBeUndefined()
  const toolset = { type: 'mcp_toolset', mcp_server_name: 's' }
  expect(paramOf(anthropicMessages, claude([look, toolset], 'of_the_server'))).toBeUndefined()
  const tools = [{ type: 'function', name: 'look' }, { type: 'web_search' }]
  for (const choice of [
    { type: 'web_search' },
    { type: 'mcp', server_label: 's', name: 'of_the_server' },
    { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'web_search' }] },
  ])
    expect(paramOf(openaiResponses, { input: 'Hello', tools, tool_choice: choice })).toBeUndefined()
  const builtin = { type: 'builtin_function', function: { name: '$web_search' } }
  const choice = { type: 'function', function: { name: '$web_search' } }
  expect(paramOf(openaiChat, { messages: MESSAGES, tools: [builtin], tool_choice: choice })).toBeUndefined()
})

test('where no tool is declared there is nothing to choose from', () => {
  const choice = { type: 'function', function: { name: 'zz' } }
  expect(paramOf(openaiChat, { messages: MESSAGES, tools: [], tool_choice: choice })).toBeUndefined()
})
