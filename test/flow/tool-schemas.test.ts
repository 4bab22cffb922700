import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { HELLO, post, startGateway } from './start-gateway.ts'

// Schemas that their providers refuse (src/simulator/tool-schema.ts, rule by rule with its source): what a client declares
// goes out as the target takes it, and calls come back as the client declared them.

const ADDRESS = { type: 'object', properties: { street: { type: 'string' } }, additionalProperties: false }

/** By what is wrong with them. */
const NASTY: Readonly<Record<string, object>> = {
  'branches at the root': {
    type: 'object',
    anyOf: [
      { properties: { city: { type: 'string' } }, required: ['city'] },
      { properties: { lat: { type: 'number' }, lon: { type: 'number' } }, required: ['lat', 'lon'] },
    ],
  },
  'a reference at the root': { $ref: '#/definitions/Address', definitions: { Address: ADDRESS }, $schema: 's' },
  'no type at the root': { properties: { a: { type: 'string' } } },
  'types of Python': { type: 'dict', properties: { a: { type: 'float' }, b: { type: 'any' }, c: { type: 'tuple' } } },
  'types of Java': { type: 'Object', properties: { a: { type: 'HashMap' }, b: { type: 'List<String>' } } },
  'lists for objects': { type: 'object', properties: [], required: true },
  'names of types for schemas': { type: 'object', properties: { a: 'number', b: null } },
  'required of draft 3': { type: 'object', properties: { a: { type: 'string', required: true } } },
  'names with brackets and spaces': {
    type: 'object',
    properties: { 'filter[id]': { type: 'string' }, 'Account Number': { type: 'object', properties: { 'a b': {} } } },
    required: ['filter[id]'],
  },
  'arrays of anything and tuples': {
    type: 'object',
    properties: { a: { type: 'array' }, b: { type: 'array', items: [{ type: 'number' }, { type: 'string' }] } },
  },
  'what repeats itself': {
    type: 'object',
    properties: { tree: { $ref: '#/$defs/Tree', description: 'The tree.' } },
    $defs: {
      Tree: { type: 'object', properties: { next: { $ref: '#/$defs/Tree' }, n: { type: ['integer', 'null'] } } },
    },
  },
  'a reference to elsewhere': { type: 'object', properties: { a: { $ref: 'https://example.com/schema.json' } } },
  'numbers and constants to choose from': {
    type: 'object',
    properties: { a: { enum: [1, 2, null] }, b: { const: true }, c: { oneOf: [{ const: 'x' }, { type: 'null' }] } },
  },
  'bounds, formats, comments': {
    type: 'object',
    title: 't',
    properties: {
      a: { type: 'number', minimum: 1, exclusiveMinimum: true, default: 2 },
      b: { type: 'string', format: 'email', pattern: '^a', examples: ['a'] },
      c: { type: 'object', additionalProperties: { type: 'string' }, propertyNames: { pattern: '^x' } },
    },
    additionalProperties: false,
  },
  'required names that are not there': {
    type: 'object',
    properties: { a: { type: 'object', properties: { b: {} }, required: ['b', 'ghost'] } },
    required: ['ghost'],
  },
  'types beside branches': {
    type: 'object',
    properties: { a: { type: 'object', anyOf: [{ properties: { b: {} } }, { required: ['c'] }] }, d: true, e: {} },
  },
}

/** How each is reached in the simulator, and models whose rules differ. */
const TARGETS = [
  ['openai', '/v1', 'gpt-5-mini'],
  ['azure-openai', '/v1', 'gpt-5.4'],
  ['anthropic', '/v1', 'claude-sonnet-4-5'],
  ['google', '/v1beta', 'gemini-3-pro'],
  ['google', '/v1beta', 'gemini-1.5-pro'],
  ['aws-bedrock', '', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['aws-bedrock', '', 'us.amazon.nova-pro-v1:0'],
  ['aws-bedrock', '', 'meta.llama3-3-70b-instruct-v1:0'],
  ['mistral', '/mistral/v1', 'mistral-large-latest'],
  ['cohere', '', 'command-a-03-2025'],
  ['groq', '/groq/v1', 'openai/gpt-oss-120b'],
  ['moonshotai', '/moonshot/v1', 'kimi-k2.5'],
  ['ollama', '/compatible', 'qwen3'],
] as const

const KEYS: Readonly<Record<string, string>> = {
  'aws-bedrock': 'AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
}

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, maxBodyBytes: 2_000_000 })
})
afterAll(() => simulator.close())

describe.each(TARGETS)('%s %s%s', (provider, path, name) => {
  let gateway: TestGateway
  const model = `${name}/ok`

  beforeAll(async () => {
    gateway = await startGateway({
      models: [model],
      upstream: `${simulator.url}${path}`,
      provider,
      secret: KEYS[provider] ?? 'k',
      aliases: { it: `up/${model}` },
    })
  })
  afterAll(() => gateway.close())

  test.each(Object.keys(NASTY))('T-22 takes a schema with %s', async (what) => {
    const schema = NASTY[what]
    const base = { model: 'it', max_tokens: 100, messages: HELLO }
    const chat = { ...base, tools: [{ type: 'function', function: { name: 'look', parameters: schema } }] }
    const answer = await post(gateway.url, chat)
    expect(await answer.text()).not.toContain('"error"')
    const own = { ...base, tools: [{ name: 'look', input_schema: schema }] }
    if (provider === 'anthropic' && what.startsWith('names with')) return
    const other = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(own),
    })
    expect(await other.text()).not.toContain('"error"')
  })
})

const DECLARED = {
  type: 'object',
  properties: {
    'filter[id]': { type: 'integer', enum: [1, 9007199254740993n] },
    level: { enum: [1, 2.5, null, 'x'] },
    any: {},
    map: { type: 'object' },
    list: { type: 'array', items: { type: 'object', properties: { 'a b': { type: 'integer', enum: [7, 8] } } } },
  },
}

/** Digits that no number holds. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `#${one}#` : one)).replaceAll(/"#(\d+)#"/g, '$1')
}

test.each([false, true])('calls of an old Gemini are as the client declared them, streamed: %s', async (stream) => {
  const upstream = await startCaptureUpstream((response, { body }) => {
    const [{ functionDeclarations: declared }] = JSON.parse(body.toString()).tools
    const { properties } = declared[0].parameters
    const written = Object.keys(properties).find((name) => name.startsWith('filter')) ?? ''
    const inner = Object.keys(properties.list.items.properties)[0] ?? ''
    const args = `{"${written}":"9007199254740993","level":"2.5","any":"[1.0]","map":"{\\"k\\":12345678901234567890}","list":[{"${inner}":"8"}]}`
    const call = `{"functionCall":{"name":"look","args":${args}}}`
    const answer = `{"candidates":[{"content":{"role":"model","parts":[${call}]},"finishReason":"STOP"}]}`
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    response.end(stream ? `data: ${answer}\n\n` : answer)
  })
  const gateway = await startGateway({ models: ['gemini-1.5-pro'], upstream: upstream.url, provider: 'google' })
  try {
    const body = json({
      model: 'up/gemini-1.5-pro',
      stream,
      messages: [
        ...HELLO,
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{"filter[id]":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'x' },
      ],
      tools: [{ type: 'function', function: { name: 'look', parameters: DECLARED } }],
    })
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const text = await response.text()
    const events = stream ? text.split('\n').filter((line) => line.startsWith('data: {')) : [text]
    const pieces = events.flatMap((event) => {
      const { message, delta } = JSON.parse(event.replace('data: ', '')).choices?.[0] ?? {}
      return ((message ?? delta)?.tool_calls ?? []).map(
        (call: { function: { arguments: string } }) => call.function.arguments,
      )
    })
    expect(pieces.join('')).toBe(
      '{"filter[id]":9007199254740993,"level":2.5,"any":[1.0],"map":{"k":12345678901234567890},"list":[{"a b":8}]}',
    )
    const sent = JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '')
    const called = sent.contents.flatMap(({ parts }: { parts: { functionCall?: { args: object } }[] }) =>
      parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : Object.keys(functionCall.args))),
    )
    expect(called).toEqual([expect.stringMatching(/^filter_id__[0-9A-Za-z]{10}$/)])
    if (!stream) expect(response.headers.get('x-route-losses')).toContain('tools[0].function.parameters.properties.map')
  } finally {
    await gateway.close()
    await upstream.close()
  }
})
