import { expect, test } from 'vitest'
import { message, request } from '../classify/test-request.ts'
import type { JsonObject } from '../core/json.ts'
import type { Message } from '../core/request.ts'
import type { SessionKeys } from './session-keys.ts'
import { sessionKeys } from './session-keys.ts'

const SYSTEM = message('system', 'You are an agent.')
const FIRST = message('user', 'Port this.')

type Said = {
  readonly body?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly messages?: readonly Message[]
  readonly session?: string
  readonly tenant?: string
}

function keys({ body = {}, headers = {}, messages = [SYSTEM, FIRST], session, tenant = 'key' }: Said): SessionKeys {
  const chat = request(messages, { native: { format: 'openai-chat', body } })
  return sessionKeys({ chat, tenant, session, header: (name) => headers[name] }, (text) => text)
}

const UUID = '5f0c8a3e-1111-4222-8333-944445555666'

test.each<[string, Said]>([
  ['x-session-id', { headers: { 'x-session-id': 's' } }],
  ['Claude Code', { headers: { 'x-claude-code-session-id': 's' } }],
  ['Codex', { headers: { 'session-id': 's' } }],
  ['Codex of old', { headers: { session_id: 's' } }],
  ['OpenCode', { headers: { 'x-session-affinity': 's' } }],
  ['LiteLLM', { headers: { 'x-litellm-session-id': 's' } }],
  ['Helicone', { headers: { 'helicone-session-id': 's' } }],
  ['Open WebUI', { headers: { 'x-openwebui-chat-id': 's' } }],
])('the session of %s is read from its header', (_, said) => {
  expect(keys(said)).toEqual({ ...keys({ headers: { 'x-session-id': 's' } }), namedBy: 'header' })
  expect(keys(said).thread).toContain('"s"')
})

test.each<[string, JsonObject, string]>([
  ['OpenRouter', { session_id: 's' }, 's'],
  ['LiteLLM', { litellm_session_id: 's' }, 's'],
  ['metadata', { metadata: { session_id: 's' } }, 's'],
  ['Claude Code', { metadata: { user_id: JSON.stringify({ device_id: 'd', session_id: UUID }) } }, UUID],
  ['Claude Code of old', { metadata: { user_id: `user_ab12_account__session_${UUID}` } }, UUID],
  ['Responses', { conversation: 'conv_1' }, 'conv_1'],
  ['Responses, as an object', { conversation: { id: 'conv_1' } }, 'conv_1'],
  ['a cache key', { prompt_cache_key: 's' }, 's'],
])('the session of %s is read from the body', (_, body, id) => {
  expect(keys({ body })).toMatchObject({ namedBy: 'body' })
  expect(keys({ body }).thread).toContain(`"${id}"`)
})

test.each<JsonObject>([
  { user: 'anna' },
  { metadata: { user_id: 'anna' } },
  { metadata: { user_id: '{anna' } },
  { session_id: '' },
  { session_id: 7 },
  { session_id: 'x'.repeat(257) },
  { conversation: null },
])('a person and what is no name are no session: %j', (body) => {
  expect(keys({ body })).toEqual(keys({}))
})

test('an id that a client makes for every request is no session', () => {
  expect(keys({ headers: { 'x-client-request-id': 's' } })).toEqual(keys({}))
})

test('T-51 without a name the key, the system prompt and the first turn tell a conversation', () => {
  const { thread } = keys({})
  expect(keys({ messages: [SYSTEM, FIRST, message('assistant', 'a'), message('user', 'b')] }).thread).toBe(thread)
  for (const other of [
    keys({ tenant: 'other' }),
    keys({ messages: [FIRST] }),
    keys({ messages: [SYSTEM, message('user', 'Port that.')] }),
  ]) {
    expect(other.thread).not.toBe(thread)
  }
})

test('what programs write anew into every call is not part of it', () => {
  const noisy = (clock: string): readonly Message[] => [
    message('system', `x-anthropic-billing-header: cch=${clock};\nYou are an agent. It is ${clock}.`),
    message('user', `<system-reminder>${clock}</system-reminder>Port this.`),
  ]
  expect(keys({ messages: noisy('10:41') }).thread).toBe(keys({ messages: noisy('11:07') }).thread)
})

test('a cache key that several conversations share does not join them', () => {
  expect(keys({ body: { prompt_cache_key: 's' } }).named).toBeUndefined()
  expect(keys({ body: { session_id: 's' } }).named).toBeDefined()
})

test('a name may not be made to look like another key’s', () => {
  const mine = keys({ tenant: 'a', session: 'b","c' })
  const other = keys({ tenant: 'a","routing', session: 'c' })
  expect(mine.thread).not.toBe(other.thread)
})
