import { describe, expect, test } from 'vitest'
import type { Policy } from '../core/policy.ts'
import { builtInPolicies } from './built-in-policies.ts'
import { read } from './test-snapshot.ts'

describe('the model name', () => {
  test.each([
    ['auto', undefined],
    ['auto:cheap', undefined],
    ['auto/coding', 'coding'],
    ['auto/coding:best+tools', 'coding'],
  ])('%s is routed among pool %s', (model, pool) => {
    expect(read({ model }).choice).toEqual({ type: 'auto', pool })
  })

  test.each(['openai/gpt-5-mini', 'local/llama3.1:8b', 'autobahn', 'auto-gpt', 'autos/x:cheap', 'Auto', ''])(
    '%s is a model of its own, whatever it is made of',
    (model) => {
      expect(read({ model }).choice).toEqual({ type: 'target', id: model })
    },
  )

  test('an alias is read once and leads to a model or to flags', () => {
    const aliases = new Map([
      ['gpt-4o', 'auto:cheap'],
      ['mine', 'local/llama3.1:8b'],
      ['first', 'second'],
      ['second', 'auto:best'],
    ])
    expect(read({ model: 'gpt-4o', snapshot: { aliases } })).toMatchObject({
      choice: { type: 'auto' },
      policy: { name: 'cheap' },
    })
    expect(read({ model: 'mine', snapshot: { aliases } }).choice).toEqual({ type: 'target', id: 'local/llama3.1:8b' })
    expect(read({ model: 'first', snapshot: { aliases } }).choice).toEqual({ type: 'target', id: 'second' })
  })

  test("a pool's preset governs unless the name says another", () => {
    const pools = new Map([['coding', { name: 'coding', targets: [], preset: 'best' }]])
    expect(read({ model: 'auto/coding', snapshot: { pools } }).policy.name).toBe('best')
    expect(read({ model: 'auto/coding:cheap', snapshot: { pools } }).policy.name).toBe('cheap')
    expect(read({ model: 'auto/coding', header: 'fast', snapshot: { pools } }).policy.name).toBe('fast')
    expect(read({ model: 'auto/coding', key: { preset: 'small' }, snapshot: { pools } }).policy.name).toBe('small')
  })

  test("the limits of a pool's preset hold where a door names another preset", () => {
    const pools = new Map([['confidential', { name: 'confidential', targets: [], preset: 'private' }]])
    const { directives, policy } = read({ model: 'auto/confidential:cheap', snapshot: { pools } })
    expect(policy.name).toBe('cheap')
    expect(directives.require).toEqual(read({ model: 'auto:private' }).directives.require)
    expect(directives.require).not.toBeUndefined()
  })
})

describe('precedence', () => {
  test('the body speaks over the header, the header over the model name, that over the key and the policy', () => {
    const doors = {
      key: { weights: { cost: 1, latency: 1, size: 1, recency: 1 }, quality: { band: 1, risk: 'low' } },
      model: 'auto:latency=2+size=2+recency=2+band=2',
      header: 'size=3, recency=3',
      body: { weights: { recency: 4 } },
    } as const
    const { directives, said } = read(doors)
    expect(directives.weights).toEqual({ cost: 1, latency: 2, size: 3, recency: 4 })
    expect(directives.quality).toEqual({ band: 2, risk: 'low' })
    expect(said.map(({ door }) => door)).toEqual(['policy', 'key', 'model', 'header', 'body'])
  })

  test('a preset replaces the soft values of the policy, and a weight of any door stays on top of it', () => {
    const { directives, policy } = read({ model: 'auto:size=3', body: { preset: 'cheap' } })
    expect(policy.name).toBe('cheap')
    expect(directives.weights).toEqual({ cost: 4, size: 3 })
    expect(directives.quality).toEqual({ band: 6 })
  })

  test.each([
    ['body', { model: 'auto:cheap', header: 'fast', body: { preset: 'small' }, key: { preset: 'newest' } }, 'small'],
    ['header', { model: 'auto:cheap', header: 'fast', key: { preset: 'newest' } }, 'fast'],
    ['model', { model: 'auto:cheap', key: { preset: 'newest' } }, 'cheap'],
    ['key', { key: { preset: 'newest' } }, 'newest'],
    ['policy', {}, 'balanced'],
  ])('the preset of the %s governs when none above speaks', (_, doors, preset) => {
    const { directives, policy } = read(doors)
    expect(policy.name).toBe(preset)
    expect(directives.quality).toEqual(builtInPolicies.get(preset)?.directives.quality)
  })

  test('the last flag of one door wins among soft ones', () => {
    expect(read({ model: 'auto:cheap+fast' }).policy.name).toBe('fast')
    expect(read({ header: 'cost=1, cost=2' }).directives.weights?.cost).toBe(2)
  })

  test('a weight of cost above a willingness to pay replaces it, and the other way round', () => {
    const weighed = read({ model: 'auto:wtp=0.01', body: { weights: { cost: 2 } } }).directives
    expect(weighed.willingness_to_pay).toBeUndefined()
    const paid = read({ model: 'auto:cost=2', body: { willingness_to_pay: 0.01 } }).directives
    expect(paid.willingness_to_pay).toBe(0.01)
  })

  test('session and explain are taken from the highest door that says them', () => {
    const { directives } = read({ header: 'session="h", explain', body: { session: 'b', explain: false } })
    expect(directives).toMatchObject({ session: 'b', explain: false })
  })
})

describe('hard limits of all doors hold at once', () => {
  test('the smallest bound, the common regions, the stricter promise, every list of models', () => {
    const { directives } = read({
      key: { max: { cost_usd: 0.05 }, require: { region: ['eu', 'ch'], retention: 'limited' }, models: [['a/*']] },
      model: 'auto:max_cost=0.01+region=eu,us+security=1+context=8k',
      header: 'max.cost_usd=0.02, zdr, tools=?0, security=3, models=("!*/x")',
      body: { max: { cost_usd: 0.03 }, require: { tools: true, context_tokens: 4000, license: ['mit'] } },
    })
    expect(directives.max).toEqual({ cost_usd: 0.01 })
    expect(directives.require).toEqual({
      region: ['eu'],
      retention: 'zero',
      security: 3,
      tools: true,
      context_tokens: 8000,
      license: ['mit'],
    })
    expect(directives.models).toEqual([['a/*'], ['!*/x']])
  })

  test('a group of licences and one of its licences have that licence in common', () => {
    const both = (header: string, license: string[]) =>
      read({ header, body: { require: { license } } }).directives.require?.license
    expect(both('license=permissive', ['mit', 'gpl-3.0-only'])).toEqual(['mit'])
    expect(both('license=mit', ['open-source'])).toEqual(['mit'])
    expect(both('license=permissive', ['llama3.1'])).toEqual([])
    expect(read({ header: 'license=permissive' }).directives.require?.license).toEqual(['permissive'])
  })

  test('two flags of one door intersect too, and the upper door does not loosen the lower one', () => {
    expect(read({ model: 'auto:eu+us' }).directives.require?.region).toEqual([])
    expect(read({ model: 'auto:zdr', body: { require: { retention: 'kept' } } }).directives.require?.retention).toBe(
      'zero',
    )
    expect(
      read({ key: { require: { local: true } }, body: { require: { local: false } } }).directives.require?.local,
    ).toBe(true)
  })

  test('regions and licences meet whatever their case', () => {
    const { directives } = read({ key: { require: { region: ['EU'] } }, body: { require: { region: ['eu', 'us'] } } })
    expect(directives.require?.region).toEqual(['EU'])
  })

  test('a preset named anywhere keeps its limits when another one governs', () => {
    const { directives, policy } = read({ model: 'auto:private', body: { preset: 'best' } })
    expect(policy.name).toBe('best')
    expect(directives.require).toEqual({ retention: 'zero', training: 'never' })
    expect(directives.weights).toBeUndefined()
  })

  test("the operator's policy keeps its limits whatever the caller names", () => {
    const strict: Policy = {
      name: 'house',
      description: '',
      directives: { quality: { band: 9 }, require: { region: ['ch'] } },
      fixedOrder: 'listed',
    }
    const policies = new Map([...builtInPolicies, ['house', strict] as const])
    const { directives } = read({ model: 'auto:best', snapshot: { policies, defaultPolicy: 'house' } })
    expect(directives).toEqual({ preset: 'best', quality: { band: 0 }, require: { region: ['ch'] } })
    expect(read({ model: 'auto:house', snapshot: { policies } }).policy).toBe(strict)
  })

  test('a caller relaxes its own limits, never those of the key or the policy', () => {
    const key = { max: { cost_usd: 0.05 } }
    const body = { max: { cost_usd: 0.01, latency_ms: 100 }, relax: ['cost_usd', 'latency_ms'] }
    expect(read({ key, body }).directives.relax).toEqual(['latency_ms'])
    expect(read({ body }).directives.relax).toEqual(['cost_usd', 'latency_ms'])
    expect(read({ key: { ...key, relax: ['cost_usd'] } }).directives.relax).toEqual(['cost_usd'])
  })

  test("a policy's own relax gives up its limits, never those of the key or of another policy", () => {
    const policy = (name: string, directives: Policy['directives']): [string, Policy] => [
      name,
      { name, description: '', directives, fixedOrder: 'listed' },
    ]
    const policies = new Map([
      ...builtInPolicies,
      policy('lenient', { max: { latency_ms: 100 }, relax: ['cost_usd', 'latency_ms'] }),
      policy('strict', { max: { cost_usd: 0.01 } }),
    ])
    const relaxed = (doors: Parameters<typeof read>[0]) => read({ ...doors, snapshot: { policies } }).directives.relax
    const body = { preset: 'lenient', max: { cost_usd: 1 } }
    expect(relaxed({ body })).toEqual(['cost_usd', 'latency_ms'])
    expect(relaxed({ body, key: { max: { cost_usd: 0.05 } } })).toEqual(['latency_ms'])
    expect(relaxed({ body, header: 'preset=strict' })).toEqual(['latency_ms'])
  })
})
