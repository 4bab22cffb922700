import { afterEach, expect, test } from 'vitest'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { startGateway } from './start-gateway.ts'

// Integers that no double can hold: they reach the upstream with the digits the client wrote.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const MAX = '9223372036854775807'
const SEED = '9007199254740993'
const SCHEMA = `{"type":"object","properties":{"id":{"type":"integer","maximum":${MAX}}},"required":["id"]}`
const HI = '[{"role":"user","content":"Hi"}]'
const CHAT_TOOLS = `[{"type":"function","function":{"name":"f","parameters":${SCHEMA}}}]`

/** What `provider` is sent for this body at this path. */
async function sentTo(provider: string, path: string, body: string): Promise<string> {
  upstream = await startCaptureUpstream((response) => response.writeHead(400).end('{}'))
  gateway = await startGateway({ models: ['m'], upstream: upstream.url, provider })
  await fetch(`${gateway.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const [request] = upstream.requests
  if (request === undefined) throw new Error('the upstream was not asked')
  return request.body.toString()
}

test.each(['anthropic', 'google', 'cohere'])('schemas of tools in Chat Completions, at %s', async (provider) => {
  const body = `{"model":"up/m","messages":${HI},"tools":${CHAT_TOOLS}}`
  expect(await sentTo(provider, '/v1/chat/completions', body)).toContain(`"maximum":${MAX}`)
})

test.each(['openai-compatible', 'ollama', 'google'])('schemas of tools in Messages, at %s', async (provider) => {
  const tools = `[{"name":"f","input_schema":${SCHEMA}}]`
  const body = `{"model":"up/m","max_tokens":5,"messages":${HI},"tools":${tools}}`
  expect(await sentTo(provider, '/v1/messages', body)).toContain(`"maximum":${MAX}`)
})

test.each(['openai-compatible', 'anthropic'])('schemas of tools in Responses, at %s', async (provider) => {
  const body = `{"model":"up/m","input":"Hi","tools":[{"type":"function","name":"f","parameters":${SCHEMA}}]}`
  expect(await sentTo(provider, '/v1/responses', body)).toContain(`"maximum":${MAX}`)
})

test.each(['parameters', 'parametersJsonSchema', 'parameters_json_schema'])(
  'schemas of tools in Gemini’s `%s`',
  async (member) => {
    const tools = `[{"functionDeclarations":[{"name":"f","${member}":${SCHEMA}}]}]`
    const body = `{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"tools":${tools}}`
    const sent = await sentTo('openai-compatible', '/v1beta/models/up/m:generateContent', body)
    expect(sent).toContain(`"maximum":${MAX}`)
  },
)

test('schemas of answers', async () => {
  const format = `{"type":"json_schema","json_schema":{"name":"a","schema":${SCHEMA}}}`
  const body = `{"model":"up/m","messages":${HI},"response_format":${format}}`
  expect(await sentTo('google', '/v1/chat/completions', body)).toContain(`"maximum":${MAX}`)
})

test('a body that its provider wants adjusted keeps the bytes of every member that stays', async () => {
  // Digits no double holds, under its own name and under another; a float as it was written; an escape.
  const messages = '[ {"role":"user","content":"caf\\u00e9"} ]'
  const tools = CHAT_TOOLS.replace('"maximum"', '"multipleOf":1.0,"maximum"')
  const body = `{"model":"up/m", "messages":${messages}, "tools":${tools}, "seed":${SEED}, "user":"u", "top_p":1.0}`
  const sent = await sentTo('mistral', '/v1/chat/completions', body)
  expect(sent).toContain(`"random_seed":${SEED}`)
  expect(sent).toContain(`"tools":${tools}`)
  expect(sent).toContain(`"messages":${messages}`)
  expect(sent).toContain('"top_p":1.0')
  expect(JSON.parse(sent)).not.toHaveProperty('user')
  expect(JSON.parse(sent)).not.toHaveProperty('seed')
})

test('tools that are adjusted themselves keep the digits of their schemas', async () => {
  const custom = '{"type":"custom","custom":{"name":"free"}}'
  const body = `{"model":"up/m","messages":${HI},"tools":[${custom},${CHAT_TOOLS.slice(1)}}`
  expect(await sentTo('deepseek', '/v1/chat/completions', body)).toContain(`"maximum":${MAX}`)
})

test('a history that Anthropic cannot read is rewritten, and the tools beside it are not', async () => {
  const text = '{"type":"text","text":"Hm.","citations":[{"encrypted_index":""}]}'
  const call = '{"type":"tool_use","id":"c1","name":"f","input":{"id":12345678901234567890}}'
  const result = '{"type":"tool_result","tool_use_id":"c1","content":"x"}'
  const said = `{"role":"assistant","content":[${text},${call}]},{"role":"user","content":[${result}]}`
  const tools = `[ {"name":"f", "input_schema":${SCHEMA}} ]`
  const body = `{"model":"up/m","max_tokens":5,"messages":[${HI.slice(1, -1)},${said}],"tools":${tools}}`
  const sent = await sentTo('anthropic', '/v1/messages', body)
  expect(sent).not.toContain('citations')
  expect(sent).toContain(`"tools":${tools}`)
  expect(sent).toContain('"input":{"id":12345678901234567890}')
})
