import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import { lossesOn, written } from '../../src/dispatch/upstream-request.ts'
import { formatOf, translationOf } from './fixtures.ts'

// What a provider's own rules lose of a body that was written for it is said of the client's.

const SCHEMA = { type: 'object', properties: {} }
const PICTURE = { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } }
const PDF = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' } }
const USE = { type: 'tool_use', id: 'a', name: 'f', input: {} }

const MESSAGES: JsonObject = {
  max_tokens: 10,
  thinking: { type: 'adaptive', display: 'summarized' },
  output_config: { effort: 'high' },
  system: 's',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'x' }, PDF, PICTURE] },
    { role: 'assistant', content: [{ type: 'text', text: 'x' }, USE, { ...USE, id: 'b' }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a', content: 'x' },
        { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'x' }, PICTURE] },
      ],
    },
  ],
}
const CHAT: JsonObject = {
  verbosity: 'low',
  logprobs: true,
  response_format: { type: 'json_object' },
  messages: [
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png', detail: 'low' } }] },
  ],
  tools: [{ type: 'web_search' }, { type: 'function', function: { name: 'f', parameters: SCHEMA } }],
}
const GENERATE: JsonObject = {
  contents: [{ parts: [{ text: 'x' }] }],
  generationConfig: { thinkingConfig: { thinkingBudget: 2_000, includeThoughts: true } },
}
const RESPONSES: JsonObject = { input: 'x', reasoning: { effort: 'high', summary: 'auto' } }
const user = { messages: [{ role: 'user', content: 'x' }] }

test.each<[WireFormatId, string, JsonObject, string[]]>([
  [
    'anthropic-messages',
    'perplexity/perplexity/sonar',
    MESSAGES,
    ['max_tokens', 'thinking.display', 'messages[0].content[1]', 'messages[2].content[1].content[1]'],
  ],
  [
    'openai-chat',
    'perplexity/perplexity/sonar',
    CHAT,
    ['tools[0]', 'response_format', 'messages[0].content[0].image_url.detail', 'logprobs', 'verbosity'],
  ],
  ['anthropic-messages', 'openai/gpt-4.1', { ...user, max_tokens: 9, thinking: { type: 'adaptive' } }, ['thinking']],
  ['anthropic-messages', 'openai/gpt-5.1', { ...user, max_tokens: 900, thinking: { type: 'adaptive' } }, []],
  ['anthropic-messages', 'xai/grok-4', MESSAGES, ['output_config.effort']],
  [
    'gemini-generate',
    'openai/gpt-4.1',
    GENERATE,
    ['generationConfig.thinkingConfig.includeThoughts', 'generationConfig.thinkingConfig.thinkingBudget'],
  ],
  ['openai-responses', 'mistral/mistral-large', RESPONSES, ['reasoning.effort']],
  ['openai-chat', 'openai/gpt-5.1', { ...user, reasoning: { max_tokens: 2_048 } }, ['reasoning.max_tokens']],
  [
    'openai-chat',
    'openai/gpt-4.1',
    { ...user, thinking: { type: 'enabled', budget_tokens: 9 } },
    ['thinking.budget_tokens'],
  ],
  ['openai-chat', 'deepseek/deepseek-v4', { ...user, reasoning: { max_tokens: 2_048 } }, ['reasoning.max_tokens']],
])('%s at %s', (client, target, body, paths) => {
  const chat = formatOf(client).readRequest(body, { model: 'auto', stream: false })
  const found = new Set(lossesOn(chat, translationOf(target, chat)).map(({ path }) => path))
  expect([...found].toSorted()).toEqual(paths.toSorted())
})

test.each([
  ['openai/gpt-5.1', { reasoning: { effort: 'medium' } }],
  ['deepseek/deepseek-chat', { thinking: { type: 'enabled' } }],
  ['alibaba/qwen-plus', { enable_thinking: true }],
])('thinking as the model likes is asked of one that does not think unasked: %s', (target, asked) => {
  const body = { ...user, model: 'auto', max_tokens: 9, thinking: { type: 'adaptive' } }
  const chat = formatOf('anthropic-messages').readRequest(body)
  expect(written(chat, translationOf(target, chat)).body).toMatchObject(asked)
})

test.each([
  ['openai-chat', { ...user, max_completion_tokens: 900 }, 'max_completion_tokens'],
  ['openai-responses', { input: 'x', max_output_tokens: 900 }, 'max_output_tokens'],
  ['anthropic-messages', { ...user, max_tokens: 900 }, 'max_tokens'],
] as const)('%s: an answer is no longer than the model that was chosen writes', (client, asked, path) => {
  const chat = formatOf(client).readRequest({ ...asked, model: 'auto' })
  for (const name of ['anthropic/claude-sonnet-4-5', 'cohere/command-a-03-2025']) {
    const named = translationOf(name, chat)
    const target = { ...named.target, facts: { max_output_tokens: 500 } }
    const { body, losses } = written(chat, { ...named, target, isChosen: true })
    expect([body['max_tokens'], losses.map((loss) => loss.path)], name).toEqual([500, [path]])
    expect(written(chat, { ...named, target }).body['max_tokens'], name).toBe(900)
  }
})
