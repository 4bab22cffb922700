import type { Policy } from '../../core/policy.ts'
import type { Router, Signals } from '../../core/router.ts'
import type { Facts, Target } from '../../core/target.ts'
import { route } from '../../route/route.ts'
import type { Estimates } from '../methods.ts'
import { modelMeans, type Outcomes } from '../outcomes.ts'

/** Prompts with what is predicted of each model, as the gateway's own policy code is asked about them. */
export type Asked = {
  /** One a prompt. */
  readonly signals: readonly Signals[]
  /** One a model, in the order of the estimates. */
  readonly targets: readonly Target[]
  /** Expected of an answer, one a model. */
  readonly tokens: readonly number[]
  /** A number a cell: prompt `i`, model `m` at `i * targets.length + m`. */
  readonly estimates: Estimates
  /** ISO date on which a model's age is counted. */
  readonly today: string
}

/** The model that `policy` sends each prompt to, as a place in `targets`. Throws where its limits leave none. */
export async function decide(asked: Asked, policy: Policy): Promise<number[]> {
  const { signals, targets, today } = asked
  const places = new Map(targets.map(({ id }, place) => [id, place]))
  const chosen: number[] = []
  for (const [row, ofPrompt] of signals.entries()) {
    const { ranked } = await route({
      id: 'rt_eval',
      signals: ofPrompt,
      candidates: targets,
      directives: policy.directives,
      policy,
      router: knowing(asked, row, places),
      deadlineMs: 0,
      live: () => undefined,
      clock: STOPPED,
      today,
      log: () => {},
    })
    chosen.push(places.get(ranked[0]?.id ?? '') ?? 0)
  }
  return chosen
}

/** Says of each model what was predicted before. */
function knowing({ estimates, targets, tokens }: Asked, row: number, places: ReadonlyMap<string, number>): Router {
  const { quality, uncertainty } = estimates
  return {
    name: 'kept',
    device: 'none',
    predict: ({ candidates }) => ({
      predictions: candidates.map(({ id }) => {
        const place = places.get(id) ?? 0
        const cell = row * targets.length + place
        return {
          quality: Math.min(Math.max(quality[cell] ?? 0, 0), 1),
          uncertainty: uncertainty?.[cell] ?? 0,
          outputTokens: tokens[place],
        }
      }),
      truncated: false,
    }),
    close: async () => {},
  }
}

const STOPPED = { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) }

/** Models as candidates, and the tokens that an answer of each is expected to have. */
export type Priced = { readonly targets: readonly Target[]; readonly tokens: readonly number[] }

/**
 * What calls are expected to cost, from the training part. A model whose prices are known is charged by them, for the
 * prompt it gets and an answer of its usual length (`usualTokens` where the set tells no lengths). Of one without
 * prices every call is expected to cost the mean of its calls.
 */
export function pricedAsIn(train: Outcomes, targets: readonly Target[], usualTokens: number): Priced {
  const { costs, models } = train
  const lengths = train.lengths === undefined ? [] : meansOfKnown(train.lengths, models.length)
  const means = costs === undefined ? undefined : modelMeans(costs, models.length)
  return {
    tokens: targets.map((_, place) => lengths[place] ?? usualTokens),
    targets: targets.map((target, place) => {
      if (means === undefined || target.facts.price_out !== undefined) return target
      const facts: Facts = {
        ...target.facts,
        price_in: 0,
        price_out: ((means[place] ?? 0) / (lengths[place] ?? usualTokens)) * 1_000_000,
      }
      return { ...target, facts }
    }),
  }
}

function meansOfKnown(cells: Float64Array, width: number): (number | undefined)[] {
  return Array.from({ length: width }, (_, model) => {
    const known = cells.filter((value, cell) => cell % width === model && value > 0)
    return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}
