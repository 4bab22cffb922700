import { expect, test } from 'vitest'
import { configSchema } from './config-schema.ts'
import { readOtlp } from './read-otlp.ts'

const secrets = { read: (reference: string) => `secret of ${reference}` }
const read = (telemetry: object) => readOtlp(configSchema.parse({ telemetry }).telemetry, secrets)

test('an endpoint alone is one for traces', () => {
  expect(read({ otlp_endpoint: 'http://127.0.0.1:4318' })).toMatchObject({
    endpoint: 'http://127.0.0.1:4318',
    traces: true,
    metrics: false,
    logs: false,
    usage: false,
    decisions: false,
    prompts: false,
  })
  expect(read({})).toBeUndefined()
})

test('what is to be sent needs to know where to', () => {
  expect(read({ otlp: { usage: true } })).toMatchObject({ problems: [{ path: 'telemetry.otlp_endpoint' }] })
})

test('headers refer to their secrets, and never hold them', () => {
  const otlp_endpoint = 'https://collector.example'
  expect(
    read({ otlp_endpoint, otlp: { headers: { Authorization: 'Bearer env:TOKEN', 'x-tenant': 'a' } } }),
  ).toMatchObject({ headers: { authorization: 'Bearer secret of env:TOKEN', 'x-tenant': 'a' } })
  expect(read({ otlp_endpoint, otlp: { headers: { authorization: 'Bearer abc' } } })).toMatchObject({
    problems: [{ path: 'telemetry.otlp.headers.authorization' }],
  })
})
