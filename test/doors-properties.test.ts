import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Directives } from '../src/core/directives.ts'
import { GatewayError } from '../src/core/errors.ts'
import type { JsonObject } from '../src/core/json.ts'
import { isJsonObject } from '../src/core/json.ts'
import type { Target } from '../src/core/target.ts'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { overlay } from '../src/directives/merge.ts'
import type { ReadDirectives } from '../src/directives/read-directives.ts'
import { readDirectives } from '../src/directives/read-directives.ts'
import { takeRouting } from '../src/directives/take-routing.ts'
import { snapshot } from '../src/directives/test-snapshot.ts'
import { providers } from '../src/providers/index.ts'
import { decide, tableRouter, target } from '../src/route/test-pool.ts'
import { openaiChat } from '../src/wire/openai-chat/index.ts'
import type { Limit } from './door-limits.ts'
import { CLOSED, LIMITS } from './door-limits.ts'

// Limits and weights from every door at once.

const RUNS = 400

const DOORS = ['policy', 'key', 'prompt', 'model', 'header', 'body', 'metadata', 'foreign'] as const
type Door = (typeof DOORS)[number]
type Said = { readonly door: Door; readonly limit: number }

const ALL: readonly (Limit | Omit<Limit, 'prompt'>)[] = [...LIMITS, ...CLOSED]
const said = fc.record({ door: fc.constantFrom(...DOORS), limit: fc.nat(ALL.length - 1) }).filter(({ door, limit }) => {
  const meant = ALL[limit]
  return (
    meant !== undefined &&
    (door !== 'prompt' || 'prompt' in meant) &&
    (door !== 'foreign' || meant.foreign !== undefined)
  )
})

const facts = fc.record(
  {
    price_in: fc.constantFrom(0, 0.5, 2),
    price_out: fc.constantFrom(0, 1, 25),
    region: fc.constantFrom(['eu'], ['us'], ['eu', 'us'], ['ch']),
    retention: fc.constantFrom('zero' as const, 'limited' as const, 'kept' as const),
    training: fc.constantFrom('never' as const, 'opt-in' as const, 'always' as const),
    open_weights: fc.boolean(),
    local: fc.boolean(),
    security: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
    params_b: fc.constantFrom(3, 70, 900),
  },
  { requiredKeys: [] },
)
const pool = fc.array(facts, { minLength: 1, maxLength: 8 }).map((list) =>
  list.map((known, index): Target => {
    const provider = `p${index % 3}`
    return { ...target(`${provider}/m${index}`), provider, facts: known }
  }),
)

const SOFT = ['', 'cheap', 'fast', 'floor', 'cost=high', 'band=100'] as const
const soft = fc.constantFrom(...SOFT)

/** What all these doors say together, as a call with such a body, header and key. */
function read(sayings: readonly Said[], wish: string, targets: readonly Target[]): ReadDirectives {
  const at = (door: Door) => sayings.flatMap((one) => (one.door === door ? [ALL[one.limit] as Limit] : []))
  const merged = (door: Door): Directives => {
    // One door that says several things holds them all, as two keys of one object cannot.
    const chosen = at(door).map(({ directives }) => directives)
    return chosen.reduce(overlay, {})
  }
  const flags = at('prompt').map(({ prompt }) => prompt)
  const content = flags.length === 0 ? 'Hello' : `[flag: ${flags.join(', ')}]\nHello`
  const foreign = at('foreign').reduce((body: JsonObject, limit) => deepMerge(body, limit.foreign ?? {}), {})
  const body: JsonObject = {
    model: 'auto',
    messages: [{ role: 'user', content }],
    ...foreign,
    ...asBody('routing', merged('body')),
    ...(at('metadata').length === 0 ? {} : { metadata: { routing: JSON.stringify(asJson(merged('metadata'))) } }),
  }
  const policies = new Map([
    ...builtInPolicies,
    ['own', { name: 'own', description: '', fixedOrder: 'listed' as const, directives: merged('policy') }],
  ])
  const configured = snapshot({
    policies,
    defaultPolicy: 'own',
    targets: new Map(targets.map((one) => [one.id, one])),
    providers: new Map(['p0', 'p1', 'p2'].map((name) => [name, configuredAs(name)])),
  })
  const key = { name: 'k', routing: merged('key'), promptFlags: 'tighten' as const }
  const turns = (asked: JsonObject) => openaiChat.userTurns?.(asked) ?? []
  const taken = takeRouting(body, { turns, pathModel: undefined, principal: key, snapshot: configured })
  const model = [wish, ...at('model').map((limit) => limit.model)].filter((flag) => flag !== '')
  return readDirectives({
    model: model.length === 0 ? 'auto' : `auto:${model.join('+')}`,
    header: at('header')
      .map((limit) => limit.header)
      .join(', '),
    said: taken?.said,
    principal: key,
    snapshot: configured,
  })
}

/** The models tried, best first; none where nobody passes. */
async function ranked(sayings: readonly Said[], wish: string, targets: readonly Target[]): Promise<readonly Target[]> {
  const { directives, policy } = read(sayings, wish, targets)
  const router = tableRouter(Object.fromEntries(targets.map(({ id }, index) => [id, { quality: (index % 4) / 4 }])))
  try {
    return (await decide(targets, directives, { policy, router })).ranked
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'no_feasible_model') return []
    throw thrown
  }
}

function passes(sayings: readonly Said[], { facts: known, id }: Target): boolean {
  return sayings.every(({ limit }) => ALL[limit]?.holds(known, id))
}

test('limits from all doors hold at once: whoever breaks one is never tried, and whoever keeps all is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(said, { maxLength: 6 }), soft, pool, async (sayings, wish, targets) => {
      const tried = await ranked(sayings, wish, targets)
      const expected = targets.filter((one) => passes(sayings, one)).map(({ id }) => id)
      expect(tried.map(({ id }) => id).sort()).toEqual(expected.sort())
    }),
    { numRuns: RUNS },
  )
})

test('one limit more at any door never admits a model', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(said, { maxLength: 4 }), said, soft, pool, async (sayings, more, wish, targets) => {
      const before = new Set(await ranked(sayings, wish, targets))
      for (const one of await ranked([...sayings, more], wish, targets)) expect(before.has(one)).toBe(true)
    }),
    { numRuns: RUNS },
  )
})

const PRESETS = ['best', 'cheap', 'fast', 'small'] as const
const named = fc.option(fc.constantFrom(...PRESETS), { nil: undefined })
const weight = fc.option(fc.constantFrom(0, 1, 7), { nil: undefined })

test('soft values: body over header over model name over prompt over key over policy', () => {
  const doors = fc.record({
    body: named,
    metadata: named,
    tradeoff: fc.boolean(),
    header: named,
    model: named,
    prompt: named,
    key: named,
  })
  const weights = fc.record({ body: weight, header: weight, model: weight, key: weight, policy: weight })
  fc.assert(
    fc.property(doors, weights, (preset, cost) => {
      const own = { name: 'own', description: '', fixedOrder: 'listed' as const, directives: weightOf(cost.policy) }
      const configured = snapshot({ policies: new Map([...builtInPolicies, ['own', own]]), defaultPolicy: 'own' })
      const key = {
        name: 'k',
        routing: { ...(preset.key === undefined ? {} : { preset: preset.key }), ...weightOf(cost.key) },
        promptFlags: 'tighten' as const,
      }
      const content = preset.prompt === undefined ? 'Hello' : `Hello\n[flag: ${preset.prompt}]`
      const body: JsonObject = {
        messages: [{ role: 'user', content }],
        routing: { preset: preset.body ?? null, weights: { cost: cost.body ?? null } },
        ...(preset.metadata === undefined ? {} : { metadata: { routing: { preset: preset.metadata } } }),
        ...(preset.tradeoff ? { tradeoff: 'latency' } : {}),
      }
      const turns = (asked: JsonObject) => openaiChat.userTurns?.(asked) ?? []
      const taken = takeRouting(body, { turns, pathModel: 'auto', principal: key, snapshot: configured })
      const flags = [preset.model, cost.model === undefined ? undefined : `cost=${cost.model}`].filter(isSaid)
      const header = [preset.header, cost.header === undefined ? undefined : `cost=${cost.header}`].filter(isSaid)
      const { policy, directives } = readDirectives({
        model: flags.length === 0 ? 'auto' : `auto:${flags.join('+')}`,
        header: header.join(', '),
        said: taken?.said,
        principal: key,
        snapshot: configured,
      })
      const foreign = preset.tradeoff ? 'fast' : undefined
      const governing =
        preset.body ??
        preset.metadata ??
        foreign ??
        preset.header ??
        preset.model ??
        preset.prompt ??
        preset.key ??
        'own'
      expect(policy.name).toBe(governing)
      const ofPolicy = governing === 'own' ? cost.policy : builtInPolicies.get(governing)?.directives.weights?.cost
      expect(directives.weights?.cost).toBe(cost.body ?? cost.header ?? cost.model ?? cost.key ?? ofPolicy)
    }),
    { numRuns: RUNS },
  )
})

test('a prompt never changes what the key or the policy set but by limiting it', () => {
  const line = fc.array(
    fc.oneof(
      fc.constantFrom('cheap', 'best', 'local=false', 'retention=kept', 'relax=cost_usd', 'floor'),
      fc.constantFrom(...LIMITS).map(({ prompt }) => prompt),
    ),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(line, fc.array(said, { maxLength: 3 }), (flags, others) => {
      const calm = others.filter(({ door }) => door === 'key' || door === 'policy')
      const before = read(calm, '', []).directives
      const turns = () =>
        openaiChat.userTurns?.({ messages: [{ role: 'user', content: `[flag: ${flags.join(', ')}]\nx` }] }) ?? []
      const taken = takeRouting(
        {},
        { turns, pathModel: 'auto', principal: { promptFlags: 'tighten' }, snapshot: snapshot() },
      )
      const prompt = taken?.said.prompt ?? {}
      expect(Object.keys(prompt).filter((name) => !['preset', 'max', 'require'].includes(name))).toEqual([])
      const after = overlay(before, prompt)
      for (const [name, most] of Object.entries(before.max ?? {})) {
        expect(after.max?.[name as 'cost_usd']).toBeLessThanOrEqual(most)
      }
      expect(after.models).toEqual(before.models)
      expect(after.relax).toEqual(before.relax)
    }),
    { numRuns: RUNS },
  )
})

function isSaid(flag: string | undefined): flag is string {
  return flag !== undefined
}

function weightOf(cost: number | undefined): Directives {
  return cost === undefined ? {} : { weights: { cost } }
}

function asJson({ models, ...directives }: Directives): JsonObject {
  // A body has one list: of two, patterns that both admit cannot be written, and the stricter is enough.
  return { ...directives, ...(models === undefined ? {} : { models: models.flat() }) } as JsonObject
}

function asBody(name: string, directives: Directives): JsonObject {
  return Object.keys(directives).length === 0 ? {} : { [name]: asJson(directives) }
}

function deepMerge(left: JsonObject, right: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...left }
  for (const [name, value] of Object.entries(right)) {
    const before = merged[name]
    merged[name] = isJsonObject(before) && isJsonObject(value) ? deepMerge(before, value) : value
  }
  return merged as JsonObject
}

function configuredAs(name: string) {
  const provider = providers.get('openai-compatible')
  if (provider === undefined) throw new Error('no provider')
  return { name, provider, baseUrl: 'http://test.invalid', format: provider.format, secret: undefined, headers: {} }
}
