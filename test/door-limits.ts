import type { Directives } from '../src/core/directives.ts'
import type { JsonObject } from '../src/core/json.ts'
import type { Facts } from '../src/core/target.ts'

// What a limit means is said here by hand, beside each way to say it.

/** A limit as it is said at each door. */
export type Limit = {
  readonly directives: Directives
  readonly model: string
  readonly header: string
  readonly prompt: string
  /** A member of another gateway's body with the same meaning. */
  readonly foreign?: JsonObject
  holds(facts: Facts, id: string): boolean
}

export const LIMITS: readonly Limit[] = [
  {
    directives: { require: { region: ['eu'] } },
    model: 'eu',
    header: 'require.region=("eu")',
    prompt: 'in europe',
    holds: ({ region = [] }) => region.length > 0 && region.every((one) => one === 'eu'),
  },
  {
    directives: { require: { region: ['eu', 'us'] } },
    model: 'region=eu,us',
    header: 'region=("eu" "us")',
    prompt: 'region=(eu us)',
    holds: ({ region = [] }) => region.length > 0 && region.every((one) => one === 'eu' || one === 'us'),
  },
  {
    directives: { require: { retention: 'zero' } },
    model: 'zdr',
    header: 'zdr',
    prompt: 'Zero retention',
    foreign: { provider: { zdr: true } },
    holds: ({ retention, local }) => (retention ?? (local === true ? 'zero' : undefined)) === 'zero',
  },
  {
    directives: { require: { training: 'never', retention: 'limited' } },
    model: 'no_training+retention=limited',
    header: 'no_training, retention=limited',
    prompt: 'no training, retention=limited',
    foreign: { provider: { data_collection: 'deny' } },
    holds: ({ training, retention, local }) =>
      (training ?? (local === true ? 'never' : '')) === 'never' &&
      ['zero', 'limited'].includes(retention ?? (local === true ? 'zero' : '')),
  },
  {
    directives: { require: { security: 2 } },
    model: 'secure',
    header: 'security=2',
    prompt: 'Most secure',
    holds: ({ security }) => (security ?? -1) >= 2,
  },
  {
    directives: { require: { security: 3 }, max: { params_b: 3 } },
    model: 'security=3+max_size=3b',
    header: 'require.security=3, params_b=3',
    prompt: 'security=3; max_size=3b',
    holds: ({ security, params_b: size }) => (security ?? -1) >= 3 && (size ?? Number.POSITIVE_INFINITY) <= 3,
  },
  {
    directives: { require: { open_weights: true } },
    model: 'open_weights',
    header: 'open_weights=?1',
    prompt: 'open_weights',
    holds: ({ open_weights: isOpen }) => isOpen === true,
  },
  {
    directives: { max: { params_b: 70 } },
    model: 'max_params=70b',
    header: 'max.params_b=70',
    prompt: 'max_params=70',
    holds: ({ params_b: size }) => (size ?? Number.POSITIVE_INFINITY) <= 70,
  },
  {
    directives: { max: { price_in: 1 } },
    model: 'max_price_in=1',
    header: 'max.price_in=1.0',
    prompt: 'max_price_in=$1',
    foreign: { provider: { max_price: { prompt: 1 } } },
    holds: ({ price_in: price }) => (price ?? Number.POSITIVE_INFINITY) <= 1,
  },
  {
    // The pool's prompts have 100 tokens, and its answers 100.
    directives: { max: { cost_usd: 0.001 } },
    model: 'max_cost=0.1c',
    header: 'max.cost_usd=0.001',
    prompt: 'max_cost=0.1c',
    foreign: { max_cost: 0.001 },
    holds: ({ price_in: before, price_out: after }) =>
      before !== undefined && after !== undefined && (before + after) / 10_000 <= 0.001,
  },
]

/** Limits that no prompt may set. */
export const CLOSED: readonly Omit<Limit, 'prompt'>[] = [
  {
    directives: { models: [['p0/*']] },
    model: 'models=p0/*',
    header: 'models=("p0/*")',
    foreign: { provider: { only: ['p0'] } },
    holds: (_facts, id) => id.startsWith('p0/'),
  },
  {
    directives: { models: [['!p1/*']] },
    model: 'models=!p1/*',
    header: 'models=("!p1/*")',
    foreign: { provider: { ignore: ['P1'] } },
    holds: (_facts, id) => !id.startsWith('p1/'),
  },
]
