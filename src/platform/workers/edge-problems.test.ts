import { expect, test } from 'vitest'
import { routers } from '../../../routers/index.ts'
import { configSchema } from '../../config/config-schema.ts'
import { edgeProblems } from './edge-problems.ts'

const KEYS = { server: { keys: [{ name: 'me', key: 'env:KEY' }] } }

function pathsOf(config: object): string[] {
  return edgeProblems(configSchema.parse({ ...KEYS, ...config }), routers).map(({ path }) => path)
}

test('a configuration with keys that asks for nothing but what a Worker has is taken', () => {
  expect(pathsOf({})).toEqual([])
  for (const use of ['auto', 'static', 'catalog-scores', 'uniform']) expect(pathsOf({ router: { use } })).toEqual([])
})

test('what a Worker has not is refused where it is written', () => {
  expect(pathsOf({ server: {} })).toEqual(['server.keys'])
  expect(pathsOf({ router: { use: 'clusters' } })).toEqual(['router.use'])
  expect(pathsOf({ router: { use: 'cluster' } })).toEqual(['router.use'])
  expect(pathsOf({ router: { device: 'remote' } })).toEqual(['router.remote'])
  expect(pathsOf({ store: { url: 'redis://localhost:6379' } })).toEqual(['store'])
  expect(pathsOf({ ledger: { sqlite: 'usage.sqlite' } })).toEqual(['ledger'])
  expect(pathsOf({ learning: { file: 'learned.json' } })).toEqual(['learning.file'])
  expect(pathsOf({ secrets_dir: '/run/secrets' })).toEqual(['secrets_dir'])
  expect(pathsOf({ telemetry: { decision_log: { path: 'log' } } })).toEqual(['telemetry.decision_log'])
  const otlp_endpoint = 'https://collector.example'
  expect(pathsOf({ telemetry: { otlp_endpoint } })).toEqual([])
  for (const otlp of [{ usage: true }, { headers: { 'x-tenant': 'a' } }])
    expect(pathsOf({ telemetry: { otlp_endpoint, otlp } })).toEqual(['telemetry.otlp'])
  expect(pathsOf({ providers: { local: { base_url: 'https://x', tls: { ca: 'file:/ca.pem' } } } })).toEqual([
    'providers.local.tls',
  ])
})
