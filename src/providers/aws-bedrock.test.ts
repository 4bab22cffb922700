import { createServer } from 'node:http2'
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime'
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SignedRequest } from '../../test/flow/verify-sigv4.ts'
import { signatureProblem } from '../../test/flow/verify-sigv4.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { ProviderCall } from '../core/provider.ts'
import provider from './aws-bedrock.ts'

const KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const SECRETS = { [KEY_ID]: SECRET }
const NOW = Date.UTC(2026, 10, 27, 3, 4, 5)

const MODELS = [
  'anthropic.claude-3-haiku-20240307-v1:0',
  'us.anthropic.claude-opus-4-6-v1',
  'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  "odd id(1)*!'~ü",
]

function callOf(model: string, rest: Partial<ProviderCall> = {}): ProviderCall {
  const target = {
    id: `aws/${model}`,
    provider: 'aws',
    model,
    format: 'bedrock-converse' as const,
    baseUrl: 'https://bedrock-runtime.eu-central-1.amazonaws.com',
    catalogId: undefined,
    facts: {},
  }
  return {
    target,
    operation: { type: 'chat' },
    format: 'bedrock-converse',
    stream: false,
    body: '{"messages":[{"role":"user","content":[{"text":"Grüezi"}]}]}',
    secret: `${KEY_ID}:${SECRET}`,
    headers: {},
    ask: () => Promise.reject(new Error('nothing is asked')),
    now: NOW,
    ...rest,
  }
}

const authorize = async (call: ProviderCall): Promise<HttpRequest> => await provider.authorize(call)

function received({ method, origin, path, headers, body }: HttpRequest): SignedRequest {
  return { method, path, headers: { ...headers, host: new URL(origin).host }, body: Buffer.from(body ?? '') }
}

describe('AWS’s own SDK', () => {
  const requests: SignedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { ':path': path = '', ':method': method = '', ...headers } = request.headers
      requests.push({ method, path, headers, body: Buffer.concat(chunks) })
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end('{"message":"enough"}')
    })
  })
  let endpoint = ''

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  async function sent(model: string, stream: boolean, config: BedrockRuntimeClientConfig = {}): Promise<SignedRequest> {
    const credentials = { accessKeyId: KEY_ID, secretAccessKey: SECRET }
    const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1, ...config })
    const input = { modelId: model, messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] }
    const asked = stream ? client.send(new ConverseStreamCommand(input)) : client.send(new ConverseCommand(input))
    await expect(asked).rejects.toThrow('enough')
    client.destroy()
    const request = requests.at(-1)
    if (request === undefined) throw new Error('nothing was sent')
    return request
  }

  test.each(MODELS)('writes the path of %s as we do', async (model) => {
    for (const stream of [false, true]) {
      expect((await authorize(callOf(model, { stream }))).path).toBe((await sent(model, stream)).path)
    }
  })

  test.each(MODELS)('signs a call of %s so that our check agrees', async (model) => {
    const request = await sent(model, false)
    expect(signatureProblem(request, SECRETS, Date.now())).toBeUndefined()
    const other = { ...request, body: Buffer.from('{}') }
    expect(signatureProblem(other, SECRETS, Date.now())).toMatch(/does not match/)
  })

  test('sends an API key where we do', async () => {
    const secret = 'ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl'
    const theirs = await sent('m', false, { token: { token: secret }, authSchemePreference: ['httpBearerAuth'] })
    const ours = await authorize(callOf('m', { secret }))
    expect(ours.headers['authorization']).toBe(theirs.headers['authorization'])
  })
})

describe('a signed call', () => {
  test.each(MODELS)('of %s passes the check', async (model) => {
    for (const stream of [false, true]) {
      const request = received(await authorize(callOf(model, { stream })))
      expect(signatureProblem(request, SECRETS, NOW)).toBeUndefined()
      expect(request.headers['authorization']).toContain(
        `Credential=${KEY_ID}/20261127/eu-central-1/bedrock/aws4_request`,
      )
    }
  })

  test('covers the body, in text or in bytes', async () => {
    const text = callOf('m')
    const bytes = callOf('m', { body: new TextEncoder().encode(String(text.body)) })
    const signed = [await authorize(text), await authorize(bytes)]
    expect(signed[0]?.headers['authorization']).toBe(signed[1]?.headers['authorization'])
    const [first] = signed
    if (first === undefined) throw new Error('nothing was signed')
    expect(signatureProblem(received({ ...first, body: '{}' }), SECRETS, NOW)).toMatch(/does not match/)
  })

  test('carries the session’s token, signed, and the configured headers', async () => {
    const headers = { 'x-amz-custom': '1', 'x-other': '2' }
    const request = await authorize(callOf('m', { secret: `${KEY_ID}:${SECRET}:FwoGZXIvYXdzEBc+/=`, headers }))
    expect(request.headers).toMatchObject({
      'x-amz-security-token': 'FwoGZXIvYXdzEBc+/=',
      'x-amz-custom': '1',
      'x-other': '2',
    })
    expect(signatureProblem(received(request), SECRETS, NOW)).toBeUndefined()
  })

  test('names the region of its host', async () => {
    const regionAt = async (baseUrl: string): Promise<string | undefined> => {
      const call = callOf('m')
      const { headers } = await authorize({ ...call, target: { ...call.target, baseUrl } })
      return headers['authorization']?.split('/')[2]
    }
    expect(await regionAt('https://bedrock-runtime.us-gov-west-1.amazonaws.com')).toBe('us-gov-west-1')
    expect(await regionAt('https://bedrock-runtime-fips.us-east-2.amazonaws.com')).toBe('us-east-2')
    expect(await regionAt('https://vpce-1.bedrock-runtime.eu-west-1.vpce.amazonaws.com')).toBe('eu-west-1')
    expect(await regionAt('https://bedrock-runtime.cn-north-1.amazonaws.com.cn')).toBe('cn-north-1')
    expect(await regionAt('http://127.0.0.1:9000/proxy')).toBe('us-east-1')
  })
})

test('a key that is no access key is sent as it is, and none is none', async () => {
  for (const secret of ['bedrock-api-key-YmVkcm9jaw==', 'lower:case:key', `${KEY_ID}:`]) {
    expect((await authorize(callOf('m', { secret }))).headers['authorization']).toBe(`Bearer ${secret}`)
  }
  expect((await authorize(callOf('m', { secret: undefined }))).headers['authorization']).toBeUndefined()
})

test('a base URL may have a path of its own', async () => {
  const call = callOf('m:0')
  const target = { ...call.target, baseUrl: 'https://proxy.example.org/aws' }
  const request = await authorize({ ...call, target })
  expect(request).toMatchObject({
    method: 'POST',
    origin: 'https://proxy.example.org',
    path: '/aws/model/m%3A0/converse',
  })
  expect(signatureProblem(received(request), SECRETS, NOW)).toBeUndefined()
})

test('what is not chat has its own path, or is refused', async () => {
  expect((await authorize(callOf('m', { operation: { type: 'count-tokens' } }))).path).toBe('/model/m/count-tokens')
  const listing = { type: 'passthrough', method: 'GET', path: '/async-invoke?maxResults=1' } as const
  const request = await authorize(callOf('m', { operation: listing, body: undefined }))
  expect(request).toMatchObject({ method: 'GET', path: '/async-invoke?maxResults=1' })
  expect(signatureProblem(received(request), SECRETS, NOW)).toBeUndefined()
  expect(() => provider.authorize(callOf('m', { operation: { type: 'embeddings' } }))).toThrow(
    expect.objectContaining({ code: 'not_implemented' }),
  )
})
