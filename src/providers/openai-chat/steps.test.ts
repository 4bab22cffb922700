import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { providers } from '../index.ts'
import { adjusted, callAndResult, HELLO, named, TOOL } from './test-adjusted.ts'

const chat = [...providers.values()].filter((one) => one.format === 'openai-chat' && one.adjustBody !== undefined)

const PLAIN: JsonObject = { model: 'm', messages: [{ role: 'system', content: 'Be brief.' }, HELLO], temperature: 0.5 }
const WITH_TOOLS: JsonObject = { ...PLAIN, tools: [TOOL], tool_choice: 'auto', stream: true }

describe.each(chat.map((one) => [one.id, one] as const))('%s', (_id, provider) => {
  test('plain bodies go on as they are, the very same object', () => {
    const bodies = provider.id === 'perplexity' ? [PLAIN] : [PLAIN, WITH_TOOLS]
    for (const body of bodies) {
      const found = adjusted(provider, body)
      expect(found.body).toBe(body)
      expect(found.lost).toEqual([])
    }
  })

  test('a body of another format is left alone', () => {
    const body = { model: 'm', input: [], tools: [], tool_choice: 'required', max_tokens: 1, seed: 1 }
    expect(adjusted(provider, body, { format: 'openai-responses' }).body).toBe(body)
  })

  test('a choice without tools is not sent', () => {
    const body = { ...PLAIN, tools: [], tool_choice: 'auto', parallel_tool_calls: false }
    const found = adjusted(provider, body)
    for (const name of ['tools', 'tool_choice', 'parallel_tool_calls']) expect(found.body).not.toHaveProperty(name)
    expect(adjusted(provider, { ...PLAIN, tool_choice: named('look') }).lost).toContain('tool_choice')
  })

  test('adjusting twice is adjusting once', () => {
    const body = {
      ...PLAIN,
      messages: [
        { role: 'developer', content: 'x' },
        HELLO,
        ...callAndResult('call_1', { reasoning_content: 'hm', reasoning_details: [] }),
        HELLO,
        ...callAndResult('call_1'),
      ],
      tools: [TOOL, { type: 'custom', custom: { name: 'free' } }],
      tool_choice: named('look'),
      max_tokens: 5,
      max_completion_tokens: 6,
      seed: 1,
      n: 2,
      reasoning: { effort: 'high' },
      top_k: 3,
      stop: ['x'],
    }
    for (const model of ['m', 'gpt-5', 'grok-4.5', 'kimi-k2.6', 'kimi-k3', 'deepseek-v4-pro', 'qwen3.6-plus']) {
      const once = adjusted(provider, body, { model }).body
      expect(adjusted(provider, once, { model }), model).toEqual({ body: once, lost: [] })
    }
  })

  test('no result loses its call', () => {
    const messages = [HELLO, ...callAndResult('a'), HELLO, ...callAndResult('b'), ...callAndResult('a')]
    const { body } = adjusted(provider, { ...PLAIN, messages, tools: [TOOL] }, { model: 'kimi-k3' })
    let open: unknown[] = []
    for (const message of body['messages'] as JsonObject[]) {
      const calls = message['tool_calls']
      if (Array.isArray(calls)) open = calls.map((call) => call.id)
      if (message['role'] === 'tool') expect(open).toContain(message['tool_call_id'])
    }
  })
})

test('calls of one turn without ids keep their own results', () => {
  const calls = ['one', 'two'].map((name) => ({ id: '', type: 'function', function: { name, arguments: '{}' } }))
  const results = ['1', '2'].map((content) => ({ role: 'tool', tool_call_id: '', content }))
  const messages = [HELLO, { role: 'assistant', content: null, tool_calls: calls }, ...results]
  for (const id of ['mistral', 'moonshotai']) {
    const provider = providers.get(id)
    if (provider === undefined) throw new Error(`No provider ${id}.`)
    const { body } = adjusted(provider, { ...PLAIN, messages, tools: [TOOL] }, { model: 'kimi-k3' })
    const sent = (body['messages'] as JsonObject[]).slice(-3)
    const [said, ...answers] = sent
    const called = ((said?.['tool_calls'] ?? []) as JsonObject[]).map((call) => call['id'])
    expect(new Set(called).size).toBe(2)
    expect(answers.map((message) => message['tool_call_id'])).toEqual(called)
  }
})

test.each(['openai', 'azure-openai'])('%s: what a model refuses by its name is left out, and said', (id) => {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(`No provider ${id}.`)
  const body = { ...PLAIN, temperature: 1, tools: [TOOL], stop: ['a'], parallel_tool_calls: false }
  const lost = (model: string) => adjusted(provider, body, { model }).lost
  expect(lost('o3')).toEqual(['stop', 'parallel_tool_calls'])
  expect(lost('ft:o4-mini-2025-04-16:org::id')).toEqual(['stop', 'parallel_tool_calls'])
  for (const model of ['gpt-5', 'gpt-5.1']) expect(lost(model), model).toEqual(['stop'])
  for (const model of ['gpt-4.1', 'gpt-5-chat-latest', 'gpt-5.5']) expect(lost(model), model).toEqual([])
  expect(adjusted(provider, body, { model: 'o3' }).body).not.toHaveProperty('stop')
  // Null is refused as well.
  expect(adjusted(provider, { ...PLAIN, temperature: 1, stop: null }, { model: 'o3' })).toEqual({
    body: { ...PLAIN, temperature: 1 },
    lost: [],
  })
})

test('a level of effort that is none goes, and does not become the least', () => {
  const openai = providers.get('openai')
  if (openai === undefined) throw new Error('No OpenAI.')
  const sent = (said: string, model: string) => {
    const chat = adjusted(openai, { ...PLAIN, temperature: 1, reasoning_effort: said }, { model })
    const input = { model: 'm', input: 'Hi', reasoning: { effort: said } }
    const responses = adjusted(openai, input, { model, format: 'openai-responses' })
    return [chat.body['reasoning_effort'], chat.lost, responses.body['reasoning'], responses.lost]
  }
  expect(sent('auto', 'gpt-5.1')).toEqual([undefined, ['reasoning_effort'], undefined, ['reasoning.effort']])
  expect(sent('High', 'gpt-5.1')).toEqual(['high', [], { effort: 'high' }, []])
  expect(sent('none', 'gpt-5')).toEqual(['minimal', ['reasoning_effort'], { effort: 'minimal' }, ['reasoning.effort']])
})
