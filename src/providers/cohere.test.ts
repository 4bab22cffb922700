import { expect, test } from 'vitest'
import type { Operation, ProviderCall } from '../core/provider.ts'
import cohere from './cohere.ts'

const BASES = ['https://api.cohere.com', 'https://api.cohere.com/v2', 'https://api.cohere.com/v1']

const pass = (path: string): Operation => ({ type: 'passthrough', method: 'POST', path })

test.each<[Operation, string]>([
  [{ type: 'chat' }, '/v2/chat'],
  [pass('/v2/embed'), '/v2/embed'],
  [pass('/embed'), '/v2/embed'],
  [pass('/rerank?x=1'), '/v2/rerank?x=1'],
  [pass('/models?page_size=2'), '/v1/models?page_size=2'],
  [pass('/embed-jobs'), '/v1/embed-jobs'],
])('%j goes to %s, however the base URL is written', (operation, path) => {
  for (const baseUrl of BASES) {
    const request = cohere.authorize(callOf(baseUrl, operation))
    expect(request).toMatchObject({ origin: 'https://api.cohere.com', path, headers: { authorization: 'Bearer key' } })
  }
})

test('a proxy’s own path stays', () => {
  expect(cohere.authorize(callOf('https://proxy.example/cohere/v2', { type: 'chat' })).path).toBe('/cohere/v2/chat')
})

test('a model that is known not to reason is not asked to', () => {
  const { target } = callOf('https://api.cohere.com', { type: 'chat' })
  const ask = (reasoning: boolean | undefined) => {
    const lost: string[] = []
    const facts = reasoning === undefined ? {} : { reasoning }
    const adjusting = {
      target: { ...target, facts },
      format: 'cohere-chat',
      lose: (path: string) => void lost.push(path),
    } as const
    return [cohere.adjustBody({ model: 'm', thinking: { type: 'enabled' } }, adjusting), lost]
  }
  expect(ask(false)).toEqual([{ model: 'm' }, ['reasoning']])
  for (const known of [true, undefined]) expect(ask(known)).toEqual([{ model: 'm', thinking: { type: 'enabled' } }, []])
})

function callOf(baseUrl: string, operation: Operation): ProviderCall {
  const target = {
    id: 'cohere/m',
    provider: 'cohere',
    model: 'm',
    format: 'cohere-chat',
    baseUrl,
    catalogId: undefined,
    facts: {},
  } as const
  return {
    target,
    operation,
    format: 'cohere-chat',
    stream: false,
    body: '{}',
    secret: 'key',
    headers: {},
    ask: () => Promise.reject(new Error('nothing to ask')),
    now: 0,
  }
}
