import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { Operation, ProviderCall } from '../core/provider.ts'
import type { WireFormatId } from '../core/request.ts'
import ollama from './ollama.ts'

const BASES = ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1']

const pass = (path: string): Operation => ({ type: 'passthrough', method: 'GET', path })

test.each<[Operation, WireFormatId, string]>([
  [{ type: 'chat' }, 'ollama-chat', '/api/chat'],
  [{ type: 'chat' }, 'openai-chat', '/v1/chat/completions'],
  [{ type: 'completions' }, 'openai-chat', '/v1/completions'],
  [{ type: 'embeddings' }, 'openai-chat', '/v1/embeddings'],
  [pass('/api/embed'), 'ollama-chat', '/api/embed'],
  [pass('/v1/models'), 'ollama-chat', '/v1/models'],
  [pass('/models'), 'ollama-chat', '/v1/models'],
])('%j in %s goes to %s, with /v1 in the base URL and without', (operation, format, path) => {
  for (const baseUrl of BASES) {
    expect(ollama.authorize(callOf(baseUrl, operation, format))).toMatchObject({
      origin: 'http://127.0.0.1:11434',
      path,
    })
  }
})

test('a proxy’s own path stays', () => {
  const call = callOf('https://proxy.example/ollama/v1', { type: 'chat' }, 'ollama-chat')
  expect(ollama.authorize(call).path).toBe('/ollama/api/chat')
})

describe('what its OpenAI-compatible API passes over', () => {
  const TOOLS = [{ type: 'function', function: { name: 'f' } }]
  const adjust = (body: JsonObject, format: WireFormatId = 'openai-chat') => {
    const lost: string[] = []
    const { target } = callOf('http://127.0.0.1:11434', { type: 'chat' }, format)
    return { body: ollama.adjustBody(body, { target, format, lose: (path) => void lost.push(path) }), lost }
  }
  test('the newer name of the limit is sent as the older', () => {
    const { body } = adjust({ model: 'm', max_completion_tokens: 5 })
    expect(body['max_tokens']).toBe(5)
    expect(adjust({ max_completion_tokens: 5, max_tokens: 3 }).body['max_tokens']).toBe(3)
  })
  test('no tools may be called: none are sent', () => {
    expect(adjust({ model: 'm', tools: TOOLS, tool_choice: 'none' })).toEqual({
      body: { model: 'm', tool_choice: 'none' },
      lost: [],
    })
  })
  test.each(['required', { type: 'function', function: { name: 'f' } }])(
    'that a call is wanted is lost: %j',
    (choice) => {
      expect(adjust({ tools: TOOLS, tool_choice: choice }).lost).toEqual(['tool_choice'])
    },
  )
  test('what it passes over is said, and what asks for nothing is not', () => {
    const body = {
      model: 'm',
      n: 2,
      logit_bias: { 5: 1 },
      user: 'u',
      parallel_tool_calls: false,
      top_k: 4,
      temperature: 0,
    }
    const { body: sent, lost } = adjust({ ...body, tools: TOOLS })
    expect(sent).toEqual({ ...body, tools: TOOLS })
    expect(lost).toEqual(['n', 'logit_bias', 'user', 'parallel_tool_calls', 'top_k'])
    expect(adjust({ n: 1, logit_bias: {}, parallel_tool_calls: true, service_tier: 'auto', routing: {} }).lost).toEqual(
      [],
    )
  })
  test('anything else stays the very same object', () => {
    const same: [JsonObject, WireFormatId][] = [
      [{ model: 'm', tools: TOOLS, tool_choice: 'auto', max_tokens: 1 }, 'openai-chat'],
      [{ model: 'm', tool_choice: 'required' }, 'openai-chat'],
      [{ model: 'm', max_completion_tokens: null }, 'openai-chat'],
      [{ model: 'm', max_completion_tokens: 1 }, 'ollama-chat'],
    ]
    for (const [body, format] of same) {
      const adjusted = adjust(body, format)
      expect(adjusted.body).toBe(body)
      expect(adjusted.lost).toEqual([])
    }
  })
})

test('a model that is known not to reason is not asked to, which it would refuse', () => {
  const { target } = callOf('http://127.0.0.1:11434', { type: 'chat' }, 'ollama-chat')
  const ask = (reasoning: boolean | undefined, think: string | boolean) => {
    const lost: string[] = []
    const facts = reasoning === undefined ? {} : { reasoning }
    const adjusting = {
      target: { ...target, facts },
      format: 'ollama-chat',
      lose: (path: string) => void lost.push(path),
    } as const
    return [ollama.adjustBody({ model: 'm', think }, adjusting), lost]
  }
  expect(ask(false, 'high')).toEqual([{ model: 'm' }, ['reasoning']])
  expect(ask(false, true)).toEqual([{ model: 'm' }, ['reasoning']])
  expect(ask(false, false)).toEqual([{ model: 'm', think: false }, []])
  expect(ask(true, 'high')).toEqual([{ model: 'm', think: 'high' }, []])
  expect(ask(undefined, 'high')).toEqual([{ model: 'm', think: 'high' }, []])
})

function callOf(baseUrl: string, operation: Operation, format: WireFormatId): ProviderCall {
  const target = {
    id: 'ollama/m',
    provider: 'ollama',
    model: 'm',
    format: 'ollama-chat',
    baseUrl,
    catalogId: undefined,
    facts: {},
  } as const
  return {
    target,
    operation,
    format,
    stream: false,
    body: '{}',
    secret: undefined,
    headers: {},
    ask: () => Promise.reject(new Error('nothing to ask')),
    now: 0,
  }
}
