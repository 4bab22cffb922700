import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { Directives } from '../../src/core/directives.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Flags that people write into a prompt, over every client's format, to an upstream of the same format and to one of another.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}
const GENERATED = { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] }
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'm',
  status: 'completed',
  output: [
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
    },
  ],
}
const TEXT = { ...COMPLETION, object: 'text_completion', choices: [{ index: 0, text: 'Hi', finish_reason: 'stop' }] }

type Settings = {
  readonly promptFlags?: 'off' | 'soft' | 'tighten'
  readonly routing?: Directives
  readonly models?: string[]
}

async function start(provider: string, { promptFlags, routing = {}, models = ['m'] }: Settings = {}): Promise<void> {
  upstream = await startCaptureUpstream((response, { path }) => {
    if (path.endsWith('count_tokens')) response.end('{"input_tokens": 7}')
    else if (path.endsWith('countTokens')) response.end('{"totalTokens": 7}')
    else if (path.endsWith('/messages')) response.end(JSON.stringify(MESSAGE))
    else if (path.includes('generateContent')) response.end(JSON.stringify(GENERATED))
    else if (path.endsWith('/responses')) response.end(JSON.stringify(RESPONSE))
    else if (path.endsWith('/chat/completions')) response.end(JSON.stringify(COMPLETION))
    else response.end(JSON.stringify(TEXT))
  })
  const sha256 = new Uint8Array(createHash('sha256').update('team').digest())
  gateway = await startGateway({
    models,
    upstream: upstream.url,
    provider,
    facts: { region: ['eu'] },
    ...(promptFlags === undefined ? {} : { keys: [{ name: 'team', sha256, routing, promptFlags }] }),
  })
}

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${gateway?.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer team', ...headers },
    body,
  })
}

function sent(): string {
  return upstream?.requests.at(-1)?.body.toString() ?? ''
}

/** Each with a flag line, odd spaces and a long number, which the native path keeps. `MODEL` is the model's name. */
const BODIES = {
  chat: '{"messages" : [{"role":"system","content":"[flag: us]"},{"role":"user","content":"[flag: us]"},{"role":"assistant","content":"[flag: us]"},{"role":"user","content":"FLAGHello"} ],"seed":12345678901234567890, "model":"MODEL"}',
  parts:
    '{"messages" : [{"role":"user","content":[{"type":"text","text":"FLAGHello"}, {"type":"text","text":"[flag: us]\\nthere"} ]}],"seed":1.0, "model":"MODEL"}',
  responses: '{"input" :  "FLAGHello", "temperature":1.0, "model":"MODEL"}',
  items:
    '{"input" : [ {"role":"user","content":[{"type":"input_text", "text":"FLAGHello"}]} ], "temperature":1.0, "model":"MODEL"}',
  messages:
    '{"messages" : [{"role":"user","content":[{"type":"text", "text":"FLAGHello"}]} ,{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"[flag: us]"}]}], "max_tokens":9, "temperature":1.0, "model":"MODEL"}',
  gemini: '{"contents" : [{"role":"user","parts":[{"text":"FLAGHello"} ]}], "generationConfig":{"temperature":1.0}}',
  completions: '{"prompt" : "FLAGHello", "temperature":1.0, "model":"MODEL"}',
}

const PATHS = {
  chat: '/v1/chat/completions',
  parts: '/v1/chat/completions',
  responses: '/v1/responses',
  items: '/v1/responses',
  messages: '/v1/messages',
  gemini: '/v1beta/models/MODEL:generateContent',
  completions: '/v1/completions',
}
type Kind = keyof typeof BODIES
const KINDS = Object.keys(BODIES) as Kind[]

const LINE = '[Flag: EU, max-price-in=5]\\n'

function bodyOf(kind: Kind, line: string, model = 'auto'): string {
  return BODIES[kind].replace('FLAG', line).replace('MODEL', model)
}

function ask(kind: Kind, line: string, model = 'auto'): Promise<Response> {
  return post(PATHS[kind].replace('MODEL', model), bodyOf(kind, line, model))
}

/** The limits of a call that nobody meets, as its error tells them. */
async function refusedBy(response: Response): Promise<string> {
  expect(response.status).toBe(422)
  return await response.text()
}

describe.each<[Kind, native: string]>([
  ['chat', 'openai-compatible'],
  ['parts', 'openai-compatible'],
  ['responses', 'openai'],
  ['items', 'openai'],
  ['messages', 'anthropic'],
  ['gemini', 'google'],
  ['completions', 'openai'],
])('%s', (kind, native) => {
  test('natively: flags count, and every other byte of the body stays', async () => {
    const model = kind === 'completions' ? 'gpt-3.5-turbo-instruct' : 'm'
    await start(native, { models: [model] })
    // A chosen model is asked as a chat; legacy completions go to one that is named.
    const asked = kind === 'completions' ? `up/${model}` : 'auto'
    expect((await ask(kind, LINE, asked)).status).toBe(200)
    // An earlier turn of nothing but flags stays as it was sent at the time.
    expect(sent()).toBe(bodyOf(kind, '', model))
    expect(await refusedBy(await ask(kind, '[flag: us]\\n', asked))).toContain('"region"')
  })

  test('translated: the other format gets the text without them', async () => {
    await start(kind === 'chat' || kind === 'parts' ? 'anthropic' : 'openai-compatible')
    expect((await ask(kind, LINE)).status).toBe(200)
    expect(sent()).toMatch(/"(?:content|text)":"Hello/)
    expect(sent()).not.toMatch(/flag: eu/i)
    expect(await refusedBy(await ask(kind, '[flag: us]\\n', 'up/m'))).toContain('"region"')
  })

  test('off: a flag line is text, and so is a backslash before it', async () => {
    await start('openai-compatible', { promptFlags: 'off' })
    for (const line of ['[flag: us]\\n', '\\\\[flag: us]\\n']) {
      expect((await ask(kind, line)).status).toBe(200)
      expect(sent()).toContain(`"${line}Hello`)
    }
  })

  test('a backslash makes it text and is not sent', async () => {
    await start('openai-compatible')
    expect((await ask(kind, '\\\\[flag: us]\\n')).status).toBe(200)
    expect(sent()).toContain('"[flag: us]\\nHello')
  })

  test('POST /v1/route reads it as the call does', async () => {
    await start('openai-compatible')
    if (kind === 'completions') return
    const route = (line: string) => post('/v1/route', bodyOf(kind, line))
    expect(await refusedBy(await route('[flag: us]\\n'))).toContain('"region"')
    const decision = (await (await route('[flag: cheap, frobnicate]\\n')).json()) as Decision
    expect(decision.policy).toBe('balanced')
    expect(decision.warnings).toMatchObject([{ reason: expect.stringContaining('item 2 of it is no flag') }])
  })
})

test('every format of the table has a test', () => {
  expect(KINDS).toHaveLength(7)
})

test('tokens are counted of what is sent, and by nobody to whom the call would not go', async () => {
  await start('anthropic')
  const count = (line: string) => post('/v1/messages/count_tokens', bodyOf('messages', line, 'up/m'))
  expect(await (await count('[flag: eu]\\n')).json()).toEqual({ input_tokens: 7 })
  expect(sent()).toContain('"text":"Hello"')
  expect(await refusedBy(await count('[flag: us]\\n'))).toContain('"region"')
})

test('Gemini’s counted request may stand inside of another', async () => {
  await start('google')
  const path = '/v1beta/models/up/m:countTokens'
  const body = '{"generateContentRequest": {"routing":{}, "contents":[{"parts":{"text":"[flag: eu]\\nHello"}}]} }'
  expect((await post(path, body)).status).toBe(200)
  expect(JSON.parse(sent()).generateContentRequest).toEqual({
    model: 'models/m',
    contents: [{ parts: { text: 'Hello' } }],
  })
  expect((await post(path, body.replace('eu', 'us'))).status).toBe(422)
})

test('a model named outright is held to the limits of a prompt', async () => {
  await start('openai-compatible')
  expect(await refusedBy(await ask('chat', '[flag: us]\\n', 'up/m'))).toContain('"region"')
  const response = await ask('chat', '[flag: eu]\\n', 'up/m')
  expect([response.status, response.headers.get('x-route-model')]).toEqual([200, 'up/m'])
})

test('a prompt cannot loosen what the key says, and a soft key’s prompt adds no limit', async () => {
  await start('openai-compatible', { promptFlags: 'tighten', routing: { require: { region: ['us'] } } })
  expect(await refusedBy(await ask('chat', '[flag: eu]\\n'))).toContain('"region"')
  expect(await refusedBy(await ask('chat', '[flag: region=(us eu)]\\n'))).toContain('"region"')
  await gateway?.close()
  await upstream?.close()
  await start('openai-compatible', { promptFlags: 'soft' })
  const response = await ask('chat', '[flag: us]\\n')
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-losses')).toBe('messages[3].content')
  expect(sent()).toContain('[flag: us]\\nHello')
  expect((await ask('chat', '[flag: cheap]\\n')).headers.get('x-route-policy')).toBe('cheap')
})

test('the router reads the prompt without its flags', async () => {
  await start('openai-compatible')
  const decision = async (line: string) => (await (await post('/v1/route', bodyOf('chat', line))).json()) as Decision
  const [plain, flagged] = [await decision(''), await decision('[flag: most secure model ever, x]\\n')]
  expect(flagged.signals).not.toEqual(plain.signals)
  expect((await decision('[flag: eu]\\n')).signals).toEqual(plain.signals)
})
