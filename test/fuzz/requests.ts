import { readFixtures } from '../fanout/fixtures.ts'
import type { ClientFormat } from '../faults/client-formats.ts'
import { CLIENT_FORMATS } from '../faults/client-formats.ts'
import { mutateBytes, mutateJson } from './mutate.ts'
import type { Random } from './random.ts'
import { randomOf } from './random.ts'

/** A request that is nearly valid. */
export type FuzzedRequest = {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
  /** In whose shape the answer must come: of any, where the path is no known one. */
  readonly formats: readonly ClientFormat[]
}

type Seed = {
  readonly method: string
  readonly path: string
  readonly body: object | undefined
  readonly format: ClientFormat
}

const MODELS = [
  'auto',
  'auto:cheap',
  'auto/all',
  'sim/ok',
  'sim/tool-parallel',
  'nobody/nothing',
  'auto:best+max_cost=0.02',
]
const FLAGS = [
  'cheap',
  'weight.cost=2, max.cost_usd=0.02',
  'require.region=("eu" "ch")',
  'zdr',
  'models=("sim/*")',
  ')(',
  'a=\u00e9',
]
const TYPES = [
  'application/json',
  'text/plain',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  '',
]

const format = (id: string): ClientFormat => {
  const found = CLIENT_FORMATS.find((one) => one.id === id)
  if (found === undefined) throw new Error(`No client format ${id}.`)
  return found
}

const chat = format('openai-chat')
const SEEDS: readonly Seed[] = [...chatSeeds(), ...otherSeeds()]

/** Request `index` of those that `seed` makes. */
export function fuzzedRequest(seed: number, index: number): FuzzedRequest {
  const random = randomOf(seed * 1_000_003 + index)
  const made = random.pick(SEEDS)
  const method = random.next() < 0.02 ? random.pick(['GET', 'PUT', 'DELETE', 'POST']) : made.method
  const path = random.next() < 0.03 ? oddPath(made.path, random) : made.path
  const body = method === 'GET' ? undefined : bodyOf(made, random)
  const formats = path === made.path ? [made.format] : CLIENT_FORMATS
  return { method, path, headers: headersOf(random), body, formats }
}

function bodyOf({ body }: Seed, random: Random): Uint8Array | undefined {
  if (body === undefined) return undefined
  const named = random.next() < 0.5 && 'model' in body ? { ...body, model: random.pick(MODELS) } : body
  const mutated = random.next() < 0.65 ? mutateJson(named, random) : named
  const bytes = new TextEncoder().encode(JSON.stringify(mutated) ?? '')
  return random.next() < 0.2 ? mutateBytes(bytes, random) : bytes
}

function headersOf(random: Random): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  if (random.next() < 0.1) headers['content-type'] = random.pick(TYPES)
  if (random.next() < 0.1) headers['x-route'] = random.pick(FLAGS)
  if (random.next() < 0.05) headers['anthropic-version'] = random.pick(['2023-06-01', 'never', ''])
  if (random.next() < 0.02) headers['content-encoding'] = random.pick(['gzip', 'br', 'identity', 'zstd', 'x'])
  if (random.next() < 0.02) headers['authorization'] = random.pick(['Bearer', 'Bearer x', 'Basic eDp5', ''])
  return headers
}

function oddPath(path: string, random: Random): string {
  const at = random.below(path.length)
  const piece = random.pick(['/', '%2f', '%00', '..', '%', '?', '//', ':', '%ff'])
  return `/${(path.slice(0, at) + piece + path.slice(at)).replace(/^\/+/, '')}`
}

function chatSeeds(): Seed[] {
  return readFixtures().flatMap(({ client, body }) =>
    [true, false].map((stream): Seed => {
      const spoken = format(client)
      const sent = client === 'gemini-generate' ? body : { ...body, model: 'auto', stream }
      return { method: 'POST', path: spoken.path('auto', stream), body: sent, format: spoken }
    }),
  )
}

function otherSeeds(): Seed[] {
  const post = (path: string, body: object, spoken = chat): Seed => ({ method: 'POST', path, body, format: spoken })
  const get = (path: string, spoken = chat): Seed => ({ method: 'GET', path, body: undefined, format: spoken })
  const [anthropic, gemini] = [format('anthropic-messages'), format('gemini-generate')]
  const messages = [{ role: 'user', content: 'Hello' }]
  return [
    ...CLIENT_FORMATS.map((one) => post(one.path('auto', false), one.body('auto', false), one)),
    post(
      '/v1/completions',
      { model: 'auto', prompt: ['a', 'b'], max_tokens: 5, stream: true },
      format('openai-completions'),
    ),
    post('/v1/embeddings', { model: 'sim/embed', input: ['Hello', 'there'] }),
    post('/v1/messages/count_tokens', { model: 'auto', messages }, anthropic),
    post('/v1beta/models/auto:countTokens', { contents: [{ parts: [{ text: 'Hello' }] }] }, gemini),
    post('/v1/route', { model: 'auto', messages, routing: { preset: 'cheap', explain: true } }),
    post('/v1/feedback', { id: 'rt_0123', reward: 0.5, source: 'user' }),
    get('/v1/models'),
    get('/v1/models/sim%2Fok'),
    get('/v1/decisions/rt_0123'),
    get('/v1beta/models', gemini),
    get('/readyz'),
    get('/'),
  ]
}
