import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../src/core/errors.ts'
import type { Facts } from '../src/core/target.ts'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { read } from '../src/directives/test-snapshot.ts'
import { decide, tableRouter, target } from '../src/route/test-pool.ts'

// Limits said at any door, in any combination and beside any preset, hold for the winner and for every fallback. The
// check below is written out from the contract, not from the code under test.

type Limit = {
  readonly model: string
  readonly body: {
    readonly [group: string]: { readonly [name: string]: number | boolean | string | readonly string[] }
  }
  holds(facts: Facts): boolean
}

const cost = (facts: Facts): number =>
  ((facts.price_in ?? Number.NaN) * 100 + (facts.price_out ?? Number.NaN) * 100) / 1e6
const isLocal = (facts: Facts): boolean => facts.local === true
const retention = (facts: Facts): string | undefined => facts.retention ?? (isLocal(facts) ? 'zero' : undefined)
const training = (facts: Facts): string | undefined => facts.training ?? (isLocal(facts) ? 'never' : undefined)

const limits: readonly Limit[] = [
  {
    model: 'eu',
    body: { require: { region: ['eu'] } },
    holds: ({ region }) => region?.every((place) => place === 'eu') === true,
  },
  {
    model: 'region=eu,us',
    body: { require: { region: ['eu', 'us'] } },
    holds: ({ region }) => region?.every((place) => place === 'eu' || place === 'us') === true,
  },
  { model: 'zdr', body: { require: { retention: 'zero' } }, holds: (facts) => retention(facts) === 'zero' },
  {
    model: 'retention=limited',
    body: { require: { retention: 'limited' } },
    holds: (facts) => ['zero', 'limited'].includes(retention(facts) ?? ''),
  },
  { model: 'no_training', body: { require: { training: 'never' } }, holds: (facts) => training(facts) === 'never' },
  { model: 'license=mit', body: { require: { license: ['mit'] } }, holds: ({ license }) => license === 'mit' },
  { model: 'open_weights', body: { require: { open_weights: true } }, holds: (facts) => facts.open_weights === true },
  { model: 'local', body: { require: { local: true } }, holds: isLocal },
  { model: 'security=2', body: { require: { security: 2 } }, holds: ({ security = -1 }) => security >= 2 },
  { model: 'tools', body: { require: { tools: true } }, holds: (facts) => facts.tools === true },
  {
    model: 'context=64k',
    body: { require: { context_tokens: 64_000 } },
    holds: ({ context_tokens: window = 0 }) => window >= 64_000,
  },
  { model: 'max_cost=0.05c', body: { max: { cost_usd: 0.0005 } }, holds: (facts) => cost(facts) <= 0.0005 },
  { model: 'max_params=70b', body: { max: { params_b: 70 } }, holds: ({ params_b: size = 1e9 }) => size <= 70 },
  { model: 'max_ttft=500', body: { max: { ttft_ms: 500 } }, holds: ({ ttft_ms: ttft = 1e9 }) => ttft <= 500 },
]

const facts = fc.record(
  {
    price_in: fc.constantFrom(0, 1, 5),
    price_out: fc.constantFrom(0, 4, 25),
    region: fc.constantFrom(['eu'], ['us'], ['eu', 'us'], ['ch', 'eu']),
    retention: fc.constantFrom('zero', 'limited', 'kept'),
    training: fc.constantFrom('never', 'opt-in', 'opt-out'),
    license: fc.constantFrom('mit', 'proprietary'),
    open_weights: fc.boolean(),
    local: fc.boolean(),
    security: fc.constantFrom(0, 2, 3),
    tools: fc.boolean(),
    context_tokens: fc.constantFrom(8_000, 128_000),
    params_b: fc.constantFrom(3, 70, 900),
    ttft_ms: fc.constantFrom(100, 1_000),
  },
  { requiredKeys: [] },
)

const preset = fc.constantFrom(undefined, 'best', 'cheap', 'fast', 'small', 'newest', 'floor', 'nitro')
const said = fc.array(fc.constantFrom(...limits), { maxLength: 2 })

test('hard limits hold from every door, in every combination', async () => {
  let answered = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(facts, { minLength: 1, maxLength: 12 }),
      fc.record({ key: said, model: said, header: said, body: said }),
      preset,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 12, maxLength: 12 }),
      async (models, doors, named, qualities) => {
        const { directives, policy } = read({
          key: read({ body: merge(doors.key), snapshot: bare }).directives,
          model: `auto${join(':', '+', [...(named === undefined ? [] : [named]), ...doors.model.map(({ model }) => model)])}`,
          header: join('', ', ', doors.header.map(headerOf)),
          body: { ...merge(doors.body), relax: ['cost_usd', 'params_b', 'ttft_ms', 'context_tokens'] },
        })
        const targets = models.map((given, index) => ({ ...target(`m${index}`), facts: given }))
        const table = Object.fromEntries(targets.map(({ id }, index) => [id, { quality: qualities[index] ?? 0 }]))
        try {
          const { ranked, decision } = await decide(targets, directives, { policy, router: tableRouter(table) })
          answered += 1
          const demanded = [...doors.key, ...doors.model, ...doors.header, ...doors.body]
          for (const limit of demanded) {
            // What the caller said may be relaxed, it may be relaxed; the rest holds for all that may answer.
            if (decision.relaxed?.some((name) => JSON.stringify(limit.body).includes(`"${name}"`))) continue
            for (const { facts: given } of ranked) expect(limit.holds(given), limit.model).toBe(true)
          }
          for (const limit of doors.key) {
            for (const { facts: given } of ranked) expect(limit.holds(given), `key: ${limit.model}`).toBe(true)
          }
        } catch (thrown) {
          if (!(thrown instanceof GatewayError)) throw thrown
          expect(thrown.code).toBe('no_feasible_model')
        }
      },
    ),
    { numRuns: 1_000 },
  )
  expect(answered).toBeGreaterThan(100)
})

const bare = {
  policies: new Map([
    ...builtInPolicies,
    ['none', { name: 'none', description: '', directives: {}, fixedOrder: 'listed' }] as const,
  ]),
  defaultPolicy: 'none',
}

function headerOf({ body }: Limit): string {
  const [[group = '', members = {}] = []] = Object.entries(body)
  const [[name = '', value = ''] = []] = Object.entries(members)
  const text = typeof value === 'object' ? `(${value.map((item) => `"${item}"`).join(' ')})` : String(value)
  return `${group}.${name}=${typeof value === 'boolean' ? '?1' : text}`
}

/** A later limit on the same member must not replace an earlier one in a JSON object: it goes to the stricter. */
function merge(
  chosen: readonly Limit[],
): Record<string, Record<string, number | boolean | string | readonly string[]>> {
  const body: Record<string, Record<string, number | boolean | string | readonly string[]>> = {}
  for (const limit of [...chosen].sort((left, right) => limits.indexOf(right) - limits.indexOf(left))) {
    for (const [group, members] of Object.entries(limit.body)) body[group] = { ...body[group], ...members }
  }
  return body
}

function join(head: string, separator: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : head + parts.join(separator)
}
