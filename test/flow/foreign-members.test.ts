import { createHash } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { Directives } from '../../src/core/directives.ts'
import type { Facts } from '../../src/core/target.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import { providers } from '../../src/providers/index.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

// What users of OpenRouter, Martian, LiteLLM and Not Diamond write into the body.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const FAST: Facts = { ttft_ms: 100, tokens_per_second: 500, price_in: 50, price_out: 50 }

/** `up/a`, `up/b` (dearer), `anthropic/c`, `openrouter/meta/d`; with the router of this gateway the cheapest wins. */
async function start(routing?: Directives, answer?: (model: string) => number): Promise<void> {
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString()) as { model: string }
    response.writeHead(answer?.(model) ?? 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(COMPLETION))
  })
  const url = upstream.url
  const sha256 = new Uint8Array(createHash('sha256').update('team').digest())
  gateway = await startGateway({
    models: ['a', 'b'],
    upstream: url,
    facts: { training: 'never', retention: 'kept', ttft_ms: 900, tokens_per_second: 50 },
    more: {
      anthropic: { upstream: url, models: ['c'], facts: { ...FAST, training: 'never', retention: 'limited' } },
      openrouter: {
        upstream: url,
        models: ['meta/d'],
        provider: given('openrouter'),
        facts: { price_in: 90, price_out: 90 },
      },
    },
    ...(routing === undefined ? {} : { keys: [{ name: 'team', sha256, routing, promptFlags: 'off' as const }] }),
  })
}

function given(id: string) {
  const provider = providers.get(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  return provider
}

const KEY = { authorization: 'Bearer team' }

function ask(body: object): Promise<Response> {
  return post(gateway?.url ?? '', { model: 'auto', messages: HELLO, ...body }, KEY)
}

async function decide(body: object): Promise<Decision> {
  const response = await fetch(`${gateway?.url}/v1/route`, {
    method: 'POST',
    headers: KEY,
    body: JSON.stringify({ model: 'auto', messages: HELLO, ...body }),
  })
  return (await response.json()) as Decision
}

async function order(body: object): Promise<string[]> {
  return (await decide(body)).candidates.map(({ model }) => model)
}

async function errorOf(response: Response): Promise<{ readonly param: string; readonly message: string }> {
  const { error } = (await response.json()) as { error: { param: string; message: string } }
  return error
}

function sent(): { readonly [name: string]: unknown }[] {
  return (upstream?.requests ?? []).map(({ body }) => JSON.parse(body.toString()))
}

const EVERYTHING = {
  provider: { order: ['anthropic'], sort: 'price', zdr: false, quantizations: ['fp8'], max_price: { prompt: 100 } },
  models: ['up/*', 'anthropic/c'],
  route: 'fallback',
  plugins: [{ id: 'auto-router', cost_quality_tradeoff: 7 }, { id: 'web' }],
  max_cost: 1,
  max_cost_per_million_tokens: 100,
  willingness_to_pay: 0.1,
  fallbacks: ['up/a'],
  tradeoff: 'cost',
  preference_id: 'x',
  routing: {},
  metadata: { routing: '{"explain":false}' },
  extra_body: { routing: {} },
}

test('none of these members reaches an upstream, whichever it is', async () => {
  await start()
  for (const model of ['auto', 'up/a', 'anthropic/c', 'openrouter/auto']) {
    const response = await ask({ ...EVERYTHING, model })
    expect([model, response.status]).toEqual([model, 200])
    expect(Object.keys(sent().at(-1) ?? {}).sort()).toEqual(['messages', 'model'])
    expect(response.headers.get('x-route-losses')).toContain('provider.quantizations, preference_id')
  }
  expect((await decide(EVERYTHING)).warnings?.map(({ path }) => path)).toEqual([
    'plugins.web',
    'provider.quantizations',
    'preference_id',
  ])
})

test('a call to OpenRouter’s model keeps OpenRouter’s members, and no others', async () => {
  await start()
  const { fallbacks: _, max_cost: _a, max_cost_per_million_tokens: _b, ...own } = EVERYTHING
  expect((await ask({ ...own, model: 'openrouter/meta/d' })).status).toBe(200)
  expect(sent()[0]).toEqual({
    model: 'meta/d',
    messages: HELLO,
    provider: own.provider,
    models: own.models,
    route: own.route,
    plugins: own.plugins,
  })
})

test('what stays in a body for OpenRouter goes to no second target', async () => {
  const balanced = builtInPolicies.get('balanced')
  if (balanced === undefined) throw new Error('no balanced')
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  const trial = { ...balanced, name: 'trial', match: { model: ['*'] }, shadow: { model: 'up/a', share: 1 } }
  gateway = await startGateway({
    models: ['a'],
    upstream: upstream.url,
    more: { openrouter: { upstream: upstream.url, models: ['meta/d'], provider: given('openrouter') } },
    policies: [trial],
  })
  const model = 'openrouter/meta/d'
  await ask({ model })
  await eventually('the copy', () => sent().length === 2)
  await ask({ model, provider: { sort: 'price' } })
  await ask({ model })
  await eventually('the copy of the third', () => sent().length === 5)
  expect(sent().filter((body) => body['provider'] !== undefined)).toHaveLength(1)
})

test('models that OpenRouter chooses cannot keep a key’s limits, and are refused', async () => {
  await start({ models: [['openrouter/*']] })
  const model = 'openrouter/meta/d'
  expect((await ask({ model, provider: { sort: 'price' } })).status).toBe(200)
  const refused = await ask({ model, models: ['somebody/else'] })
  expect([refused.status, (await errorOf(refused)).param]).toEqual([400, 'models'])
})

describe('limits', () => {
  test.each<[object, string[]]>([
    [{ provider: { only: ['Anthropic'] } }, ['anthropic/c']],
    [{ provider: { ignore: ['up', 'openrouter/turbo'] } }, ['anthropic/c']],
    [{ provider: { data_collection: 'deny' } }, ['anthropic/c']],
    [{ provider: { max_price: { prompt: 1.5, completion: '2' } } }, ['up/a']],
    [{ max_cost_per_million_tokens: 2 }, ['up/a', 'up/b']],
    [{ max_cost: 1, models: ['b', 'anthropic/*'] }, ['up/b', 'anthropic/c']],
    [{ plugins: [{ id: 'auto-router', allowed_models: ['*/meta/*'] }] }, ['openrouter/meta/d']],
    [{ provider: { order: ['anthropic'], allow_fallbacks: false } }, ['anthropic/c']],
    [{ metadata: { routing: '{"models":["up/b"]}' } }, ['up/b']],
    [{ metadata: { routing: { models: ['up/*'] } }, routing: { models: ['*/b'] } }, ['up/b']],
    [{ extra_body: { routing: { models: ['up/b'] } } }, ['up/b']],
  ])('%j', async (body, admitted) => {
    await start()
    expect(await order(body)).toEqual(admitted)
  })

  test.each([
    [{ provider: { only: ['nobody'] } }],
    [{ provider: { only: ['anthropic/turbo'] } }],
    [{ provider: { zdr: true } }],
    [{ max_cost: 0 }],
  ])('%j admits nobody', async (body) => {
    await start()
    expect((await ask(body)).status).toBe(422)
    expect((await ask({ ...body, model: 'up/a' })).status).toBe(422)
  })
})

describe('what cannot be meant, and what must not be ignored, is a 400', () => {
  test.each([
    [{ provider: { data_collection: 'maybe' } }, 'provider.data_collection'],
    [{ provider: { zdr: 'yes' } }, 'provider.zdr'],
    [{ provider: { only: ['!openai'] } }, 'provider.only'],
    [{ provider: { max_price: { image: 1 } } }, 'provider.max_price.image'],
    [{ provider: { enforce_distillable_text: true } }, 'provider.enforce_distillable_text'],
    [{ provider: 'anthropic' }, 'provider'],
    [{ plugins: [{ id: 'auto-router', cost_quality_tradeoff: 11 }] }, 'plugins.auto-router.cost_quality_tradeoff'],
    [{ plugins: [{ id: 'auto-router', allowed_models: ['up/*'] }, { id: 'auto-router' }] }, 'plugins[1].id'],
    [{ max_cost: 'cheap' }, 'max_cost'],
    [{ max_cost: -1 }, 'max_cost'],
    [{ models: [1] }, 'models'],
    [{ models: ['auto:cheap'] }, 'models'],
    [{ metadata: { routing: 'cheap' } }, 'metadata.routing'],
    [{ metadata: { routing: { presett: 'x' } } }, 'metadata.routing.presett'],
  ])('%j', async (body, param) => {
    await start()
    const response = await ask(body)
    expect([response.status, (await errorOf(response)).param]).toEqual([400, param])
    expect(sent()).toEqual([])
  })
})

describe('order', () => {
  test.each<[object, string[]]>([
    [{}, ['up/a', 'up/b', 'anthropic/c', 'openrouter/meta/d']],
    [{ provider: { order: ['openrouter', 'anthropic'] } }, ['openrouter/meta/d', 'anthropic/c', 'up/a', 'up/b']],
    [{ provider: { allow_fallbacks: false } }, ['up/a']],
    [{ provider: { preferred_max_latency: 0.5 } }, ['anthropic/c', 'up/a', 'up/b', 'openrouter/meta/d']],
    [{ provider: { preferred_min_throughput: { p50: 100 } } }, ['anthropic/c', 'up/a', 'up/b', 'openrouter/meta/d']],
    [{ provider: { sort: 'throughput' } }, ['anthropic/c', 'up/a', 'up/b', 'openrouter/meta/d']],
  ])('%j', async (body, expected) => {
    await start()
    const ranked = await order(body)
    expect(ranked.slice(0, expected.length)).toEqual(expected)
  })

  test('a list is tried entry by entry, also behind auto, and nobody else is', async () => {
    await start(undefined, (model) => (model === 'c' ? 200 : 503))
    const response = await ask({ models: ['openrouter/meta/d', 'anthropic/c'] })
    expect(response.headers.get('x-route-model')).toBe('anthropic/c')
    expect(sent().map(({ model }) => model)).toEqual(['a', 'meta/d', 'c'])
  })

  test.each<[string, object, string[]]>([
    ['OpenRouter', { model: 'up/b', models: ['up/a'] }, ['b', 'a']],
    ['OpenRouter, without a model', { model: undefined, models: ['anthropic/c', 'up/a'] }, ['c', 'a']],
    ['Martian, without a model', { model: undefined, max_cost: 9, models: ['up/b', 'up/a'] }, ['a', 'b']],
    ['LiteLLM', { model: 'up/b', fallbacks: ['anthropic/c', { model: 'up/a', temperature: 0 }] }, ['b', 'c', 'a']],
    [
      'LiteLLM, by model',
      { model: 'up/b', fallbacks: [{ 'up/a': ['up/b'] }, { 'up/b': ['anthropic/c'] }] },
      ['b', 'c'],
    ],
    ['a list that ends with auto', { model: 'anthropic/c', models: ['auto'] }, ['c', 'a', 'b']],
  ])('%s', async (_name, body, expected) => {
    await start(undefined, () => 503)
    await ask(body)
    expect(sent().map(({ model }) => model)).toEqual(expected)
  })

  test('whoever fails a limit is no fallback', async () => {
    await start({ models: [['!anthropic/*']] }, () => 503)
    await ask({ model: 'up/b', fallbacks: ['anthropic/c', 'up/a'] })
    expect(sent().map(({ model }) => model)).toEqual(['b', 'a'])
    const decision = await decide({ model: 'up/b', fallbacks: ['anthropic/c', 'up/a'] })
    expect([decision.model, decision.reason]).toEqual(['up/b', 'first in the list'])
    expect(decision.dropped.map(({ model }) => model)).toEqual(['anthropic/c'])
  })

  test('a name in a list that is not configured is told', async () => {
    await start()
    const response = await ask({ models: ['anthropic/cc'] })
    expect([response.status, (await errorOf(response)).message]).toEqual([404, expect.stringContaining('anthropic/c')])
  })
})

describe('names', () => {
  test('openrouter/auto is auto, with its flags', async () => {
    await start()
    expect(await order({ model: 'openrouter/auto:floor' })).toEqual(await order({ model: 'auto:floor' }))
  })

  test.each(['floor', 'nitro'])('a name with :%s is the model of that name', async (suffix) => {
    await start()
    const response = await ask({ model: `anthropic/c:${suffix}` })
    expect([response.status, response.headers.get('x-route-losses')]).toEqual([200, 'model'])
    expect(sent()[0]?.['model']).toBe('c')
    expect((await ask({ model: `gpt-4o:${suffix}` })).headers.get('x-route-model')).toBe(
      suffix === 'floor' ? 'up/a' : 'anthropic/c',
    )
  })

  test('OpenRouter itself gets the suffix', async () => {
    await start()
    expect((await ask({ model: 'openrouter/meta/d:floor' })).status).toBe(200)
    expect(sent()[0]?.['model']).toBe('meta/d:floor')
  })
})

test('the slider is the weight of cost, and a price for ten points a tenth of one a point', async () => {
  const { takeRouting } = await import('../../src/directives/take-routing.ts')
  const { snapshot } = await import('../../src/directives/test-snapshot.ts')
  const said = (body: { readonly [name: string]: never }) =>
    takeRouting(body, {
      turns: () => [],
      pathModel: undefined,
      principal: { promptFlags: 'off' },
      snapshot: snapshot(),
    })?.said.body
  const slider = (value: number) =>
    said({ plugins: [{ id: 'auto-router', cost_quality_tradeoff: value }] } as never)?.weights?.cost
  expect(Array.from({ length: 11 }, (_, value) => slider(value))).toEqual([0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 10])
  expect(slider(8.5)).toBe(5)
  expect(said({ willingness_to_pay: 0.1 } as never)).toEqual({ willingness_to_pay: 0.01, quality: { band: 100 } })
  expect(said({ tradeoff: 'cost' } as never)).toEqual({ preset: 'cheap' })
})

test('metadata keeps what is its own', async () => {
  await start()
  await ask({ model: 'up/a', metadata: { user: 'x', routing: '{}' }, extra_body: { routing: {}, seed: 1 } })
  expect(sent()[0]).toEqual({ model: 'a', messages: HELLO, metadata: { user: 'x' }, extra_body: { seed: 1 } })
})
