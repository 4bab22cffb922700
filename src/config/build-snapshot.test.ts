import { expect, test } from 'vitest'
import { build, problemsOf, snapshotOf } from '../../test/config/build.ts'
import { DISPATCH_DEFAULTS } from '../core/dispatch-settings.ts'
import { SESSION_DEFAULTS } from '../core/session.ts'
import { spokenFormat } from '../core/spoken-format.ts'
import { providers } from '../providers/index.ts'
import { catalog } from './catalog.ts'
import { contractExample } from './test-contract-example.ts'

const local = 'local: { base_url: "http://127.0.0.1:9/v1" }'

test('a service account’s JSON may have many lines, and is kept on one', async () => {
  const account = {
    client_email: 'a@p.iam',
    private_key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
  }
  const text =
    'providers: { google-vertex: { key: file:/run/account, base_url: "https://x/v1" } }\nmodels: [google-vertex/gemini-2.5-flash]'
  const built = await build(text, { secrets: { read: () => JSON.stringify(account, null, 2) } })
  if ('problems' in built) throw new Error(JSON.stringify(built.problems))
  const secret = built.snapshot.providers.get('google-vertex')?.secret ?? ''
  expect(secret).not.toContain('\n')
  expect(JSON.parse(secret)).toEqual(account)
})

test('the example of the public contract becomes a snapshot', async () => {
  const built = await build(contractExample, {
    providers,
    secrets: { read: (reference) => `secret of ${reference}` },
  })
  if ('problems' in built) throw new Error(JSON.stringify(built.problems))
  const { targets, pools, keys, aliases, router } = built.snapshot
  expect([...targets.keys()]).toEqual(['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5', 'local/llama3.1:8b'])
  expect(targets.get('local/llama3.1:8b')?.facts).toMatchObject({ params_b: 8, local: true, price_in: 0 })
  expect(pools.get('coding')?.targets.map(({ id }) => id)).toEqual(['openai/gpt-5-mini', 'local/llama3.1:8b'])
  expect(keys).toMatchObject([{ name: 'team-a', promptFlags: 'off' }])
  expect(aliases.get('gpt-4o')).toBe('auto:balanced')
  expect(router).toEqual({ use: 'clusters', device: 'auto', deadlineMs: 30 })
})

test.each([
  [
    'providers: { openai: { key: env:NOWHERE } }',
    'providers.openai.key: env:NOWHERE is not set. Set NOWHERE in the environment.',
  ],
  [
    'providers: { openai: { key: file:/nowhere } }',
    'providers.openai.key: file:/nowhere is not set. Check that the file exists and that this user may read it.',
  ],
  ['providers: { openai: {} }', 'providers.openai.key: missing. Add key: env:OPENAI_API_KEY'],
  [
    'providers: { openai: { key: file:/run/two-lines } }',
    'providers.openai.key: file:/run/two-lines holds characters that no header can carry. Keep the secret alone on one line of ASCII.',
  ],
  [
    'providers: { opnai: { key: env:OPENAI_API_KEY } }',
    'providers.opnai.base_url: missing. Did you mean "openai"? Say where it is: base_url: http://127.0.0.1:8000/v1',
  ],
  [
    'providers: { x: { type: groq, format: cohere-chat, key: "env:GROQ_API_KEY" } }',
    'providers.x.format: a provider of the type groq does not speak cohere-chat. It speaks openai-chat, openai-responses.',
  ],
  ['providers: { x: { type: grok } }', 'providers.x.type: there is no provider "grok". Did you mean "groq"?'],
  [
    'providers: { aws-bedrock: { key: env:OPENAI_API_KEY } }\nmodels: [aws-bedrock/y]',
    'providers.aws-bedrock.base_url: missing. Say where it is: base_url: https://bedrock-runtime.us-east-1.amazonaws.com',
  ],
  [
    'providers: { x: { base_url: "https://me:hunter2@example.com/v1" } }\nmodels: [x/y]',
    'providers.x.base_url: carries a user or a password. Remove them and use key, or a header that is a reference.',
  ],
  [
    'providers: { x: { base_url: "https://example.com/v1?api-version=1" } }\nmodels: [x/y]',
    'providers.x.base_url: has a query or a fragment. End it before "?" or "#".',
  ],
  [`providers: { ${local} }\nmodels: [locl/a]`, 'models[0]: there is no provider "locl". Did you mean "local"?'],
  [
    `providers: { ${local} }\nmodels: [a]`,
    'models[0]: "a" is not of the form PROVIDER/MODEL. Write it as, for example, openai/gpt-5-mini.',
  ],
  [
    `providers: { ${local} }\nmodels: [local/]`,
    'models[0]: "local/" is not of the form PROVIDER/MODEL. Write it as, for example, openai/gpt-5-mini.',
  ],
  [
    `providers: { ${local} }\nmodels: [local/a, { id: local/a }]`,
    'models[1]: "local/a" is listed twice. Remove it, or models[0].',
  ],
  [
    `providers: { ${local} }\nmodels: [local/a]\npolicy: cheep`,
    'policy: there is no policy "cheep". Did you mean "cheap"?',
  ],
  [
    `providers: { ${local} }\nmodels: [local/a]\nrouter: { use: clustr }`,
    'router.use: there is no router "clustr". Did you mean "clusters"?',
  ],
  [
    `providers: { ${local} }\nmodels: [local/a]\npools: { p: { models: [local/*], preset: bst } }`,
    'pools.p.preset: there is no preset "bst". Did you mean "best"?',
  ],
  [
    `providers: { ${local} }\nmodels: [local/a]\npools: { p: { models: [other/*] } }`,
    'pools.p.models: no configured model matches. The models are local/a.',
  ],
  [
    `providers: { ${local} }\nmodels: [local/a]\npools: { code: { models: ["*"] } }\naliases: { x: "auto/cod:best" }`,
    'aliases.x: there is no pool "cod". Did you mean "code"?',
  ],
  [
    `providers: { ${local} }\nmodels: [local/alpha]\naliases: { x: local/alpa }`,
    'aliases.x: "local/alpa" is neither auto nor a configured model. Did you mean "local/alpha"?',
  ],
  [
    `server: { host: 0.0.0.0 }\nproviders: { ${local} }\nmodels: [local/a]`,
    'server.host: 0.0.0.0 is a public address and no keys are configured. Add server.keys, or listen on 127.0.0.1.',
  ],
  [
    'providers: {}',
    'models: there is no model to choose from. List models as PROVIDER/MODEL, or name a provider of which the catalogue knows models.',
  ],
])('%s is a problem with its remedy', async (text, expected) => {
  expect(await problemsOf(text)).toEqual([expected])
})

test('a key that two callers share, and a name that two keys share, are problems', async () => {
  const keys = '{ name: a, key: env:TEAM_A }, { name: b, key: env:TEAM_A }, { name: a, key: env:TEAM_B }'
  expect(await problemsOf(`server: { keys: [${keys}] }\nproviders: { ${local} }\nmodels: [local/a]`)).toEqual([
    'server.keys[1].key: the same secret as server.keys[0]. Give each key a secret of its own.',
    'server.keys[2].name: "a" is the name of server.keys[0] too. Give each key its own name.',
  ])
})

test('a wrong member of a key’s routing is named with its whole path', async () => {
  const text = `server: { keys: [{ name: a, key: env:TEAM_A, routing: { max: { cost_us: 1 } } }] }
providers: { ${local} }
models: [local/a]`
  const [problem] = await problemsOf(text)
  expect(problem).toMatch(/^server\.keys\[0\]\.routing\.max\.cost_us: .*cost_usd/)
})

test('problems of every part are reported at once, and one cause once', async () => {
  const text = `server: { host: 0.0.0.0 }
providers: { openai: { key: env:NOWHERE }, x: { type: nothing-like-it } }
models: [openai/gpt-5-mini, x/a, lost/a]
pools: { p: { models: [x/*], preset: bst } }
aliases: { y: x/a }
policy: cheep`
  expect((await problemsOf(text)).map((line) => line.slice(0, line.indexOf(': ')))).toEqual([
    'server.host',
    'providers.openai.key',
    'providers.x.type',
    'models[2]',
    'pools.p.preset',
    'policy',
  ])
})

test('a provider of which no model is listed brings the catalogue’s hosted models, with their facts', async () => {
  const { targets } = await snapshotOf('providers: { openai: { key: env:OPENAI_API_KEY } }')
  const expected = catalog.filter(({ provider, hosted }) => provider === 'openai' && hosted !== false)
  expect(targets.size).toBeGreaterThan(3)
  expect(targets.size).toBeLessThanOrEqual(expected.length)
  for (const target of targets.values()) expect(target.facts.price_in, target.id).toBeTypeOf('number')
})

test.each([
  ['aws-bedrock', 'https://bedrock-runtime.eu-west-1.amazonaws.com', 'anthropic.claude-opus-5'],
  ['google-vertex', 'https://aiplatform.googleapis.com/v1/projects/p/locations/global', undefined],
  ['azure-openai', 'https://r.openai.azure.com/openai/v1', 'gpt-4o-2024-05-13'],
])(
  '%s brings the models that all its endpoints have, and the others where they are named',
  async (name, url, other) => {
    const provider = `providers: { ${name}: { key: env:OPENAI_API_KEY, base_url: "${url}" } }`
    const { targets } = await snapshotOf(provider)
    const listed = catalog.filter((entry) => entry.provider === name && entry.listed !== false)
    expect(listed.length).toBeGreaterThan(10)
    expect([...targets.keys()].toSorted()).toEqual(listed.map(({ id }) => id).toSorted())
    for (const { id, facts } of targets.values()) {
      expect(facts.price_out, id).toBeGreaterThan(0)
      expect(facts.training, id).toBe('never')
    }
    if (other === undefined) return
    const named = await snapshotOf(`${provider}\nmodels: [${name}/${other}]`)
    expect(named.targets.get(`${name}/${other}`)?.facts.price_out).toBeGreaterThan(0)
  },
)

test('listing one model of a provider leaves the others of it out', async () => {
  const text =
    'providers: { openai: { key: env:OPENAI_API_KEY }, groq: { key: env:GROQ_API_KEY } }\nmodels: [openai/gpt-5-mini]'
  const { targets } = await snapshotOf(text)
  const names = [...targets.keys()]
  expect(names.filter((name) => name.startsWith('openai/'))).toEqual(['openai/gpt-5-mini'])
  expect(names.filter((name) => name.startsWith('groq/')).length).toBeGreaterThan(1)
})

test('facts of the configuration replace the catalogue’s one by one', async () => {
  const text = `providers: { openai: { key: env:OPENAI_API_KEY } }
models: [{ id: openai/gpt-5-mini, facts: { price_in: 99 } }]`
  const facts = (await snapshotOf(text)).targets.get('openai/gpt-5-mini')?.facts
  const known = catalog.find(({ id }) => id === 'openai/gpt-5-mini')?.facts
  expect(facts).toEqual({ ...known, price_in: 99 })
  expect(known?.price_in).not.toBe(99)
})

test('only an address of this machine makes a model local', async () => {
  const at = async (url: string) =>
    (await snapshotOf(`providers: { x: { base_url: "${url}" } }\nmodels: [x/a]`)).targets.get('x/a')?.facts.local
  expect(await at('http://127.0.0.1:9/v1')).toBe(true)
  expect(await at('http://[::1]:9/v1')).toBe(true)
  expect(await at('http://127.0.0.1.example.com/v1')).toBeUndefined()
})

test('the server of the router: its key becomes a header, its defaults are filled in', async () => {
  const remote = '{ url: "http://gpu-1:8000/encoders/", key: env:TEAM_A, headers: { x-zone: blue } }'
  const { router } = await snapshotOf(
    `providers: { ${local} }\nmodels: [local/a]\nrouter: { device: remote, remote: ${remote} }`,
  )
  expect(router.remote).toEqual({
    url: 'http://gpu-1:8000/encoders',
    model: 'thalamus-encoder',
    headers: { 'x-zone': 'blue', authorization: 'Bearer team-a-1' },
    timeoutMs: 15,
    maxConcurrent: 8,
    maxBatch: 1,
  })
})

test.each([
  ['device: remote', 'router.remote: missing. Say where the encoder is served: remote: { url: http://127.0.0.1:8000 }'],
  [
    'remote: { url: "http://gpu-1:8000" }',
    'router.remote: not used with device: auto. Write device: remote, or remove router.remote.',
  ],
  [
    'device: remote, remote: { url: "http://me:secret@gpu-1" }',
    'router.remote.url: carries a user or a password. Remove them and use key, or a header that is a reference.',
  ],
  [
    'device: remote, remote: { url: "http://gpu-1/?a=1" }',
    'router.remote.url: has a query or a fragment. End it before "?" or "#".',
  ],
  [
    'device: remote, remote: { url: "http://gpu-1", timeout_ms: 30 }',
    'router.remote.timeout_ms: 30 ms leave the CPU no time before router.deadline_ms (30 ms). Make it smaller, or raise router.deadline_ms.',
  ],
  [
    'device: remote, remote: { url: "http://gpu-1", key: env:NOWHERE }',
    'router.remote.key: env:NOWHERE is not set. Set NOWHERE in the environment.',
  ],
])('router { %s } is a problem', async (router, problem) => {
  expect(await problemsOf(`providers: { ${local} }\nmodels: [local/a]\nrouter: { ${router} }`)).toEqual([problem])
})

test('a header may be a reference, with a scheme before it', async () => {
  const headers = 'headers: { X-Team: blue, Authorization: "Bearer file:/run/token", x-api-key: env:GROQ_API_KEY }'
  const { providers: read } = await snapshotOf(
    `providers: { x: { base_url: "http://127.0.0.1:9/v1", ${headers} } }\nmodels: [x/a]`,
  )
  expect(read.get('x')?.headers).toEqual({
    'x-team': 'blue',
    authorization: 'Bearer token-1',
    'x-api-key': 'gsk-1',
  })
})

test.each([
  ['authorization: Bearer sk-live-42', 'a credential must be a reference, never the value itself'],
  ['x-goog-api-key: sk-live-42', 'a credential must be a reference, never the value itself'],
  ['x-auth-token: sk-live-42', 'a credential must be a reference, never the value itself'],
  ['x-team: env:NOWHERE', 'env:NOWHERE is not set'],
  ['Host: sk-live-42', 'the gateway sets this header itself'],
  ['"x team": sk-live-42', 'not a header name'],
  ['x-team: "sk-live-42\\n"', 'holds characters that no header can carry'],
])('the header %s is refused, and its value not repeated', async (header, problem) => {
  const problems = await problemsOf(
    `providers: { x: { base_url: "http://127.0.0.1:9/v1", headers: { ${header} } } }\nmodels: [x/a]`,
  )
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
  expect(problems[0]).not.toContain('sk-live-42')
})

test('a server of one’s own is asked in the format the configuration names', async () => {
  const url = 'base_url: "http://127.0.0.1:9/v1"'
  const text = `providers: { a: { ${url}, format: openai-responses }, b: { ${url} } }\nmodels: [a/m, b/m]`
  const { targets } = await snapshotOf(text)
  expect([...targets.values()].map(({ id, format }) => `${id} ${format}`)).toEqual([
    'a/m openai-responses',
    'b/m openai-chat',
  ])
})

test('a format that is named is the only one, of models that only Responses serves elsewhere too', async () => {
  const url = 'base_url: "http://127.0.0.1:9"'
  const snapshot = await snapshotOf(
    `providers: { a: { ${url}, type: openai, format: openai-chat }, b: { ${url}, type: openai } }\nmodels: [a/gpt-5-pro, b/gpt-5-pro]`,
  )
  const asked = { client: 'openai-chat', isNamed: true, hasTools: false, effort: undefined } as const
  const spoken = [...snapshot.targets.values()].map((target) =>
    spokenFormat(target, snapshot.providers.get(target.provider)?.provider, asked),
  )
  expect(spoken).toEqual(['openai-chat', 'openai-responses'])
})

test('a format that is named is the only one', async () => {
  const url = 'base_url: "http://127.0.0.1:9"'
  const snapshot = await snapshotOf(
    `providers: { a: { ${url}, format: ollama-chat }, b: { ${url}, type: ollama } }\nmodels: [a/m, b/m]`,
  )
  const clients = ['openai-chat', 'openai-completions', 'openai-responses'] as const
  const spoken = [...snapshot.targets.values()].map((target) => {
    const provider = snapshot.providers.get(target.provider)?.provider
    return clients.map((client) =>
      spokenFormat(target, provider, { client, isNamed: true, hasTools: false, effort: undefined }),
    )
  })
  expect(spoken).toEqual([
    ['ollama-chat', 'ollama-chat', 'ollama-chat'],
    ['openai-chat', 'openai-completions', 'ollama-chat'],
  ])
})

test('sessions: seconds become milliseconds, and what is left out is as usual', async () => {
  const models = 'providers: { openai: { key: env:OPENAI_API_KEY } }\n'
  expect((await snapshotOf(models)).sessions).toEqual(SESSION_DEFAULTS)
  expect((await snapshotOf(`${models}sessions: { idle_s: 60, switch_margin: 0 }\n`)).sessions).toEqual({
    ...SESSION_DEFAULTS,
    idleMs: 60_000,
    switchMargin: 0,
  })
})

test('limits and budgets: dollars become nano-dollars, and a key that is bounded in nothing has none', async () => {
  const keys = `server:
  keys:
    - { name: a, key: env:TEAM_A, limits: { requests_per_minute: 60 }, budget: { usd: 0.1, per: day } }
    - { name: b, key: env:TEAM_B, limits: {} }
`
  const snapshot = await snapshotOf(`providers: { openai: { key: env:OPENAI_API_KEY } }\n${keys}`)
  expect(snapshot.keys[0]?.limits).toEqual({ requestsPerMinute: 60, budget: { nanoUsd: 100_000_000, per: 'day' } })
  expect(snapshot.keys[1]?.limits).toBeUndefined()
})

test('dispatch: what is left out is as usual, and limits of calls at once reach the models', async () => {
  const models = 'models: [local/a]\n'
  const usual = await snapshotOf(`providers: { ${local} }\n${models}`)
  expect(usual.dispatch).toEqual(DISPATCH_DEFAULTS)
  expect(usual.targets.get('local/a')?.providerConcurrency).toBeUndefined()
  const said = await snapshotOf(
    `providers: { local: { base_url: "http://127.0.0.1:9/v1", max_concurrent: 4 } }\n${models}dispatch: { retries: 0, fallback_on: [content_filter], breaker: { enabled: false }, queue: { length: 0 }, hedge: { min_ms: 50 } }\n`,
  )
  expect(said.dispatch).toMatchObject({
    retries: 0,
    fallbackOn: new Set(['content_filter']),
    breaker: { isEnabled: false, failures: DISPATCH_DEFAULTS.breaker.failures },
    queue: { length: 0, waitMs: DISPATCH_DEFAULTS.queue.waitMs },
    hedge: { share: 0.05, minMs: 50 },
  })
  expect(said.targets.get('local/a')?.providerConcurrency).toBe(4)
})
