import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MAX_JSON_DEPTH } from '../../src/core/json-depth.ts'
import { providers } from '../../src/providers/index.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// JSON nested deeper than a call stack bears, at every door and on the way to every format.

const TARGETS = ['openai-compatible', 'openai', 'anthropic', 'google', 'cohere', 'aws-bedrock', 'ollama'] as const

let upstream: CaptureUpstream
let gateway: TestGateway
let answer = '{}'

beforeAll(async () => {
  upstream = await startCaptureUpstream((response, { body }) => {
    const isStream = body.includes('"stream":true')
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
    response.end(isStream ? `data: ${answer}\n\n` : answer)
  })
  const more = Object.fromEntries(
    TARGETS.map((id) => {
      const provider = providers.get(id)
      if (provider === undefined) throw new Error(id)
      return [id, { upstream: upstream.url, provider, models: ['m'] }]
    }),
  )
  gateway = await startGateway({ models: [], upstream: upstream.url, more, maxAttempts: 1 })
})

afterAll(async () => {
  await gateway.close()
  await upstream.close()
})

beforeEach(() => void upstream.requests.splice(0))

const DEEP = 10_000
const nested = (open: string, close: string, depth: number): string => `${open.repeat(depth)}{}${close.repeat(depth)}`
const schema = (depth: number): string => nested('{"type":"object","properties":{"a":', '}}', Math.floor(depth / 2))
const list = (depth: number): string => nested('{"a":[', ']}', Math.floor(depth / 2))

/** A body's place for something deep, at a door. */
type Place = { readonly name: string; readonly path: string; readonly body: (deep: string, model: string) => string }

const ask = '"messages":[{"role":"user","content":"x"}]'
const PLACES: readonly Place[] = [
  {
    name: 'chat, the answer’s schema',
    path: '/v1/chat/completions',
    body: (deep, model) =>
      `{"model":"${model}",${ask},"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":${deep}}}}`,
  },
  {
    name: 'chat, a tool',
    path: '/v1/chat/completions',
    body: (deep, model) =>
      `{"model":"${model}",${ask},"tools":[{"type":"function","function":{"name":"f","parameters":${deep}}}]}`,
  },
  {
    name: 'responses, the answer’s schema',
    path: '/v1/responses',
    body: (deep, model) =>
      `{"model":"${model}","input":"x","text":{"format":{"type":"json_schema","name":"a","schema":${deep}}}}`,
  },
  {
    name: 'messages, a tool',
    path: '/v1/messages',
    body: (deep, model) => `{"model":"${model}","max_tokens":9,${ask},"tools":[{"name":"f","input_schema":${deep}}]}`,
  },
  {
    name: 'messages, a call',
    path: '/v1/messages',
    body: (deep, model) =>
      `{"model":"${model}","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${deep}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"y"}]}]}`,
  },
  {
    name: 'gemini, the answer’s schema',
    path: '/v1beta/models/MODEL:generateContent',
    body: (deep) =>
      `{"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"responseMimeType":"application/json","responseJsonSchema":${deep}}}`,
  },
  {
    name: 'gemini, a tool',
    path: '/v1beta/models/MODEL:generateContent',
    body: (deep) =>
      `{"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"f","parameters":${deep}}]}]}`,
  },
]

const send = (path: string, body: string, model: string): Promise<Response> =>
  fetch(`${gateway.url}${path.replace('MODEL', model)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })

const MORE_PLACES: readonly Place[] = [
  ...PLACES,
  {
    name: 'count_tokens',
    path: '/v1/messages/count_tokens',
    body: (deep, model) => `{"model":"${model}",${ask},"tools":[{"name":"f","input_schema":${deep}}]}`,
  },
  {
    name: 'completions',
    path: '/v1/completions',
    body: (deep, model) => `{"model":"${model}","prompt":"x","a":${deep}}`,
  },
  { name: 'embeddings', path: '/v1/embeddings', body: (deep, model) => `{"model":"${model}","input":"x","a":${deep}}` },
  { name: 'route', path: '/v1/route', body: (deep) => `{${ask},"response_format":${deep}}` },
]

test.each(MORE_PLACES.flatMap((place) => TARGETS.map((target) => [place.name, target, place] as const)))(
  '%s to %s: 10,000 levels are a 400 that says where they begin',
  async (_name, target, { path, body }) => {
    for (const deep of [schema(DEEP), list(DEEP), list(DEEP).replace('{}', '[12345678901234567890]')]) {
      const response = await send(path, body(deep, `${target}/m`), `${target}/m`)
      const text = await response.text()
      expect([response.status, text.length < 1_000]).toEqual([400, true])
      expect(text).toMatch(/"(?:\w+)[^"]* is nested more than 200 levels deep\. Make it flatter/)
    }
    expect(upstream.requests).toHaveLength(0)
  },
)

test.each(PLACES.flatMap((place) => TARGETS.map((target) => [place.name, target, place] as const)))(
  '%s to %s: as deep as allowed is no failure of the gateway’s',
  async (_name, target, { path, body }) => {
    for (const deep of [schema(MAX_JSON_DEPTH - 20), list(MAX_JSON_DEPTH - 20)]) {
      const response = await send(path, body(deep, `${target}/m`), `${target}/m`)
      expect(response.status).not.toBe(500)
      expect(await response.text()).not.toContain('nested more than')
    }
  },
)

test.each(TARGETS)('arguments of 10,000 levels in a text reach %s', async (target) => {
  const call = (text: string) => ({ id: 'c', type: 'function', function: { name: 'f', arguments: text } })
  const messages = (text: string) => [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: null, tool_calls: [call(text)] },
    { role: 'tool', tool_call_id: 'c', content: 'y' },
  ]
  for (const text of [list(DEEP), list(DEEP).replace('{}', '[12345678901234567890]')]) {
    const body = JSON.stringify({ model: `${target}/m`, messages: messages(text) })
    const response = await send('/v1/chat/completions', body, '')
    expect(response.status).not.toBe(500)
    expect(upstream.requests.splice(0)).toHaveLength(1)
  }
})

const DEEP_ANSWERS: readonly (readonly [(typeof TARGETS)[number], string])[] = [
  [
    'anthropic',
    `{"type":"message","role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":${list(DEEP)}}]}`,
  ],
  ['google', `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${list(DEEP)}}}]}}]}`],
  [
    'aws-bedrock',
    `{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":${list(DEEP)}}}]}}}`,
  ],
  [
    'ollama',
    `{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":${list(DEEP)}}}]},"done":true}`,
  ],
]

test.each(DEEP_ANSWERS)('an answer of %s of 10,000 levels is the provider’s failure', async (target, deep) => {
  answer = deep
  const call = `{"model":"${target}/m","max_tokens":9,${ask}}`
  const response = await send('/v1/responses', call.replace(ask, '"input":"x"'), '')
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({ error: { code: 'upstream_malformed' } })
  answer = '{}'
})
