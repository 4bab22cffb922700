import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import { flags, isMemberFlag } from './flags.ts'
import type { Doors } from './test-snapshot.ts'
import { read } from './test-snapshot.ts'

/** One thing said, in the words of each door. */
type Saying = {
  readonly model: string
  readonly header: string
  readonly body: readonly [path: string, value: JsonValue]
}

const sayings: readonly Saying[] = [
  { model: 'best', header: 'best', body: ['preset', 'best'] },
  { model: 'cheap', header: 'preset=cheap', body: ['preset', 'cheap'] },
  { model: 'cost=2', header: 'weight.cost=2', body: ['weights.cost', 2] },
  { model: 'latency=low', header: 'weights.latency=low', body: ['weights.latency', 'low'] },
  { model: 'size=med', header: 'size=medium', body: ['weights.size', 1.5] },
  { model: 'recency=high', header: 'weight.recency=4.0', body: ['weights.recency', 'high'] },
  { model: 'verbosity=0', header: 'weight.verbosity=0', body: ['weights.verbosity', 0] },
  { model: 'weight.security=1', header: 'weight.security=1', body: ['weights.security', 1] },
  { model: 'band=2', header: 'quality.band=2', body: ['quality.band', 2] },
  { model: 'min-quality=0.6', header: 'quality.floor=0.6', body: ['quality.floor', 0.6] },
  { model: 'risk=low', header: 'risk=low', body: ['quality.risk', 'low'] },
  { model: 'max_cost=0.02', header: 'max.cost_usd=0.02', body: ['max.cost_usd', 0.02] },
  { model: 'max-cost=2c', header: 'max_cost=$0.02', body: ['max.cost_usd', 0.02] },
  { model: 'max_price_in=1', header: 'max.price_in=1', body: ['max.price_in', 1] },
  { model: 'price-out=50c', header: 'max_price_out=$0.5', body: ['max.price_out', 0.5] },
  { model: 'max_latency=4s', header: 'max.latency_ms=4000', body: ['max.latency_ms', 4000] },
  { model: 'max_ttft=800ms', header: 'max-ttft=0.8s', body: ['max.ttft_ms', 800] },
  { model: 'max_params=80b', header: 'max.params_b=80', body: ['max.params_b', 80] },
  { model: 'max_age=400d', header: 'max.age_days=400', body: ['max.age_days', 400] },
  { model: 'max_output=2k', header: 'max.output_tokens=2000', body: ['max.output_tokens', 2000] },
  { model: 'eu', header: 'require.region=("eu")', body: ['require.region', ['eu']] },
  { model: 'region=eu,ch', header: 'region=("eu" "ch")', body: ['require.region', ['eu', 'ch']] },
  { model: 'zdr', header: 'require.retention=zero', body: ['require.retention', 'zero'] },
  { model: 'training=opt_in', header: 'training=opt-in', body: ['require.training', 'opt-in'] },
  { model: 'no-training', header: 'no_training', body: ['require.training', 'never'] },
  { model: 'license=mit', header: 'licence="mit"', body: ['require.license', ['mit']] },
  { model: 'open_weights', header: 'require.open_weights', body: ['require.open_weights', true] },
  { model: 'local', header: 'local=?1', body: ['require.local', true] },
  { model: 'local=false', header: 'local=?0', body: ['require.local', false] },
  { model: 'secure', header: 'security=2', body: ['require.security', 2] },
  { model: 'tools', header: 'tools', body: ['require.tools', true] },
  { model: 'lossless', header: 'lossless=true', body: ['require.lossless', true] },
  { model: 'context=128k', header: 'require.context_tokens=128000', body: ['require.context_tokens', 128000] },
  { model: 'models=a/*,!*/x', header: 'models=("a/*" "!*/x")', body: ['models', ['a/*', '!*/x']] },
  { model: 'ttft=1', header: 'weight.ttft=1', body: ['weights.ttft', 1] },
  { model: 'readability=low', header: 'readability=low', body: ['weights.readability', 'low'] },
  { model: 'reading_level=7', header: 'quality.reading_grade=7', body: ['quality.reading_grade', 7] },
  { model: 'openness=high', header: 'openness=4', body: ['weights.openness', 4] },
  { model: 'retention_weight=2', header: 'retention-weight=2', body: ['weights.retention', 2] },
  { model: 'training_weight=2', header: 'weights.training=2', body: ['weights.training', 2] },
  { model: 'energy=0.5', header: 'energy=low', body: ['weights.energy', 'low'] },
  { model: 'load=med', header: 'load=1.5', body: ['weights.load', 'medium'] },
  { model: 'wtp=0.01', header: 'willingness_to_pay=0.01', body: ['willingness_to_pay', 0.01] },
  { model: 'session=abc123', header: 'session="abc123"', body: ['session', 'abc123'] },
  { model: 'explain', header: 'explain', body: ['explain', true] },
  { model: 'cache=refresh', header: 'cache=refresh', body: ['cache', 'refresh'] },
  {
    model: 'relax=latency_ms,cost_usd',
    header: 'relax=(latency_ms cost_usd)',
    body: ['relax', ['latency_ms', 'cost_usd']],
  },
]

test('every door says the same thing for the same meaning', () => {
  fc.assert(
    fc.property(fc.subarray([...sayings], { minLength: 1 }), (chosen) => {
      // One value a member: two doors order "the last one" alike, a JSON object cannot say it twice.
      const said = [...new Map(chosen.map((saying) => [saying.body[0], saying])).values()]
      const model = read({ model: `auto:${said.map((saying) => saying.model).join('+')}` })
      const header = read({ header: said.map((saying) => saying.header).join(', ') })
      const body = read({ body: bodyOf(said) })
      expect(header.directives).toEqual(model.directives)
      expect(body.directives).toEqual(model.directives)
      expect([header.policy, body.policy]).toEqual([model.policy, model.policy])
    }),
    { numRuns: 200 },
  )
})

test('every member that the body takes is among these sayings', () => {
  const said = new Set(sayings.map(({ body: [path] }) => path))
  const members = flags.flatMap((flag) => (isMemberFlag(flag) ? [flag.member] : []))
  expect(members.filter((member) => !said.has(member))).toEqual([])
})

test('every flag and alias is accepted at each of its doors', () => {
  for (const flag of flags) {
    for (const name of [flag.name, ...(flag.aliases ?? [])]) {
      const text = isMemberFlag(flag) ? `${name}=${flag.choices?.[0] ?? EXAMPLES[flag.type]}` : name
      if (flag.doors.includes('model')) expect(() => read({ model: `auto:${text}` }), text).not.toThrow()
      if (flag.doors.includes('header')) expect(() => read({ header: text }), text).not.toThrow()
    }
  }
})

const EXAMPLES = {
  weight: '1',
  number: '1',
  integer: '1',
  share: '0.5',
  money: '1',
  milliseconds: '1',
  billions: '1',
  days: '1',
  tokens: '1',
  texts: 'x',
  choice: '',
  boolean: 'true',
  text: 'balanced',
  names: 'cost_usd',
} as const

describe('what is wrong is told with its place and a remedy', () => {
  const cases: readonly (readonly [Doors, string, string, string])[] = [
    [
      { model: 'auto:chaep' },
      'unknown_flag',
      'model',
      '"chaep" in the model name is not a routing flag. Did you mean "cheap"? All flags are listed in policies/README.md.',
    ],
    [
      { model: 'auto:qqqqqqqq' },
      'unknown_flag',
      'model',
      '"qqqqqqqq" in the model name is not a routing flag. All flags are listed in policies/README.md.',
    ],
    [
      { model: 'auto:max_cost' },
      'invalid_request',
      'model',
      '"max_cost" in the model name needs a value: "max_cost=…".',
    ],
    [{ model: 'auto:zdr=no' }, 'invalid_request', 'model', '"zdr" in the model name takes no value: write just "zdr".'],
    [
      { model: 'auto:max_cost=two' },
      'invalid_request',
      'model',
      '"max_cost" in the model name must be a number of 0 or more (USD expected for this request), not "two".',
    ],
    [
      { model: 'auto:max_cost=2ms' },
      'invalid_request',
      'model',
      '"max_cost" in the model name must be a number of 0 or more (USD expected for this request), not "2ms".',
    ],
    [
      { model: 'auto:cost=-1' },
      'invalid_request',
      'model',
      '"cost" in the model name must be a number, "low", "medium" or "high", not "-1".',
    ],
    [
      { model: 'auto:cost=toString' },
      'invalid_request',
      'model',
      '"cost" in the model name must be a number, "low", "medium" or "high", not "toString".',
    ],
    [
      { model: 'auto:retention=never' },
      'invalid_request',
      'model',
      '"retention" in the model name must be one of "zero", "limited", "kept", not "never".',
    ],
    [
      { model: 'auto:tools=maybe' },
      'invalid_request',
      'model',
      '"tools" in the model name must be true or false, not "maybe".',
    ],
    [
      { model: 'auto:' },
      'invalid_request',
      'model',
      'The model name "auto:" has an empty flag. Write auto, auto:FLAG+FLAG, auto/POOL or auto/POOL:FLAG.',
    ],
    [
      { model: 'auto:cheap++eu' },
      'invalid_request',
      'model',
      'The model name "auto:cheap++eu" has an empty flag. Write auto, auto:FLAG+FLAG, auto/POOL or auto/POOL:FLAG.',
    ],
    [
      { model: 'auto/:cheap' },
      'invalid_request',
      'model',
      'The model name "auto/:cheap" names no pool after "/". Write auto, auto:FLAG+FLAG, auto/POOL or auto/POOL:FLAG.',
    ],
    [{ model: `auto:${'eu+'.repeat(50)}eu` }, 'invalid_request', 'model', 'has more than 50 flags'],
    [{ header: 'cheep' }, 'unknown_flag', 'x-route', '"cheep" in x-route is not a routing flag. Did you mean "cheap"?'],
    [{ header: 'weight.cst=2' }, 'unknown_flag', 'x-route', 'Did you mean "weights.cost"?'],
    [
      { header: 'cheap,' },
      'invalid_request',
      'x-route',
      'The header x-route ends with a comma at position 7 (near "cheap,").',
    ],
    [{ header: 'cheap eu' }, 'invalid_request', 'x-route', 'expects a comma between flags at position 7'],
    [{ header: '=2' }, 'invalid_request', 'x-route', 'expects the name of a flag at position 1'],
    [{ header: 'cost=' }, 'invalid_request', 'x-route', 'expects a value such as 2, "text" or ("a" "b") at position 6'],
    [{ header: 'region=("eu"' }, 'invalid_request', 'x-route', 'misses a closing parenthesis'],
    [{ header: 'session="abc' }, 'invalid_request', 'x-route', 'misses a closing quote'],
    [{ header: 'session="a\\bc"' }, 'invalid_request', 'x-route', 'may escape only " and \\ in a string'],
    [{ header: 'tools=?2' }, 'invalid_request', 'x-route', 'expects ?1 or ?0'],
    [{ header: 'cost=2;q=1' }, 'invalid_request', 'x-route', 'expects a comma between flags at position 7'],
    [
      { header: Array.from({ length: 51 }, () => 'eu').join(',') },
      'invalid_request',
      'x-route',
      'has more than 50 flags',
    ],
    [{ header: `region=(${'a '.repeat(101)})` }, 'invalid_request', 'x-route', 'has a list of more than 100'],
    [{ body: 'cheap' }, 'invalid_request', 'routing', 'routing must be an object, not a string.'],
    [{ body: [] }, 'invalid_request', 'routing', 'routing must be an object, not a list.'],
    [
      { body: { presett: 'cheap' } },
      'unknown_flag',
      'routing.presett',
      'routing.presett is not a routing flag. Did you mean "routing.preset"?',
    ],
    [{ body: { weights: { cst: 1 } } }, 'unknown_flag', 'routing.weights.cst', 'Did you mean "routing.weights.cost"?'],
    [
      { body: { weights: 2 } },
      'invalid_request',
      'routing.weights',
      'routing.weights must be an object, not a number.',
    ],
    [
      { body: { weights: { cost: 'much' } } },
      'invalid_request',
      'routing.weights.cost',
      'routing.weights.cost must be a number, "low", "medium" or "high", not "much".',
    ],
    [
      { body: { weights: { cost: -1 } } },
      'invalid_request',
      'routing.weights.cost',
      'routing.weights.cost must be a number, "low", "medium" or "high", from 0 to 1000, not -1.',
    ],
    [
      { body: { quality: { floor: 60 } } },
      'invalid_request',
      'routing.quality.floor',
      'routing.quality.floor must be a number from 0 to 1, not 60.',
    ],
    [
      { body: { max: { cost_usd: '2c' } } },
      'invalid_request',
      'routing.max.cost_usd',
      'routing.max.cost_usd must be a number of 0 or more (USD expected for this request), not "2c".',
    ],
    [
      { body: { require: { security: 1.5 } } },
      'invalid_request',
      'routing.require.security',
      'routing.require.security must be a whole number from 0 to 3, not 1.5.',
    ],
    [
      { body: { require: { region: [] } } },
      'invalid_request',
      'routing.require.region',
      'routing.require.region must be a list of 1 to 100 texts, not a list.',
    ],
    [
      { body: { require: { region: [7] } } },
      'invalid_request',
      'routing.require.region',
      'routing.require.region must be a text of 1 to 200 characters, not 7.',
    ],
    [
      { body: { require: { tools: 'yes' } } },
      'invalid_request',
      'routing.require.tools',
      'routing.require.tools must be true or false, not "yes".',
    ],
    [
      { body: { require: { retention: 'none' } } },
      'invalid_request',
      'routing.require.retention',
      'must be one of "zero", "limited", "kept", not "none".',
    ],
    [
      { body: { willingness_to_pay: 0 } },
      'invalid_request',
      'routing.willingness_to_pay',
      'must be a number above 0 (USD per point of quality), not 0.',
    ],
    [
      { body: { relax: ['region'] } },
      'invalid_request',
      'routing.relax',
      'routing.relax names "region", which cannot be relaxed.',
    ],
    [{ body: { relax: ['latency'] } }, 'invalid_request', 'routing.relax', 'Did you mean "latency_ms"?'],
    [
      { body: { session: '' } },
      'invalid_request',
      'routing.session',
      'routing.session must be a text of 1 to 200 characters, not "".',
    ],
    [
      { body: { preset: 'cheep' } },
      'unknown_flag',
      'routing.preset',
      'There is no preset "cheep". Did you mean "cheap"?',
    ],
    [
      { body: { __proto__: null, constructor: 1 } },
      'unknown_flag',
      'routing.constructor',
      'routing.constructor is not a routing flag.',
    ],
  ]
  test.each(cases)('%j', (doors, code, param, message) => {
    expect(() => read(doors)).toThrow(
      expect.objectContaining({ code, param, message: expect.stringContaining(message) }),
    )
  })
})

describe('what is not said', () => {
  test.each([
    [{ body: null }],
    [{ body: {} }],
    [{ body: { preset: null, weights: null, max: { cost_usd: null }, willingness_to_pay: null, relax: [] } }],
    [{ header: '' }],
    [{ header: '  ' }],
  ])('%j leaves the policy as it is', (doors) => {
    const { relax, ...directives } = read(doors).directives
    expect(directives).toEqual(read({}).policy.directives)
    expect(relax ?? []).toEqual([])
  })
})

test('any header and any model name is read or refused, never a fault', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 40, unit: 'binary' }), (header, model) => {
      for (const doors of [{ header }, { model: `auto:${model}` }, { model: `auto/${model}` }]) {
        try {
          read(doors)
        } catch (thrown) {
          expect(thrown).toMatchObject({ status: 400 })
        }
      }
    }),
    { numRuns: 1_000 },
  )
})

function bodyOf(said: readonly Saying[]): JsonValue {
  const body: Record<string, JsonValue> = {}
  for (const {
    body: [path, value],
  } of said) {
    const [group = '', member] = path.split('.')
    const before = body[group]
    const members = typeof before === 'object' && before !== null ? before : {}
    body[group] = member === undefined ? value : { ...members, [member]: value }
  }
  return body
}
