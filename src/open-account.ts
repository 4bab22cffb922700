import type { BoundsOf, Caller, TakenLimits } from './call-account.ts'
import { boundedTokens, CallAccount, takeLimits, UNKNOWN_COST } from './call-account.ts'
import { shapeOf } from './classify/shape.ts'
import type { Claim, Cost, KeyLimits } from './core/counters.ts'
import { GatewayError } from './core/errors.ts'
import type { ReadBody } from './core/request.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import type { Routed } from './decide.ts'
import type { CallBounds, CallShape } from './limits/call-bounds.ts'
import { callBounds } from './limits/call-bounds.ts'
import type { ChatCall, Context } from './pipeline.ts'
import { ASSUMED_OUTPUT_TOKENS } from './route/figures.ts'

const NO_COST: Cost = { full: 0, least: 0 }
const NONE: readonly never[] = []
// Of a plan of thousands: a key whose budget is used up must not cost much.
const MOST_LOOKED_AT = 100
const MOST_NAMED = 3

/**
 * Sets aside what a chat call may take at the target that is asked first; where its budget does not pay for that, at the
 * next of the plan that is cheaper and paid for. Throws, or rejects with, the refusal of the first. `undefined` where there
 * is nobody to ask.
 */
export function openAccount(
  call: ChatCall,
  routed: Routed,
  limits: KeyLimits,
  context: Context,
): CallAccount | undefined | Promise<CallAccount | undefined> {
  const [chosen] = routed.targets
  if (chosen === undefined) return undefined
  const shape = callShape(call.body.read(), routed.targets.slice(0, MOST_LOOKED_AT))
  const boundsOf = limits.budget === undefined ? () => undefined : boundsFor(shape, routed)
  const opening: Opening = {
    caller: { id: call.id, exchange: call.exchange, key: call.principal.name, limits },
    boundsOf,
    needsOf: (target) => ({
      tokens: tokensFor(shape, predictedOf(routed, target), limits),
      cost: limits.budget === undefined ? NO_COST : (boundsOf(target) ?? UNKNOWN_COST),
    }),
  }
  const opened = (taken: TakenLimits): CallAccount => new CallAccount(taken, chosen, NONE, boundsOf)
  const refused = (thrown: unknown): Promise<CallAccount> => openCheaper(opening, routed, thrown, context)
  try {
    const taken = takeLimits(opening.caller, opening.needsOf(chosen), context)
    return taken instanceof Promise ? taken.then(opened, refused) : opened(taken)
  } catch (thrown) {
    return refused(thrown)
  }
}

type Opening = {
  readonly caller: Caller
  readonly boundsOf: BoundsOf
  readonly needsOf: (target: Target) => Pick<Claim, 'tokens' | 'cost'>
}

async function openCheaper(
  { caller, boundsOf, needsOf }: Opening,
  { targets }: Routed,
  refusal: unknown,
  context: Context,
): Promise<CallAccount> {
  if (!isOverBudget(refusal)) throw refusal
  const leftOut: Target[] = []
  let tries = 0
  let least = Number.POSITIVE_INFINITY
  for (const target of targets.slice(0, MOST_LOOKED_AT)) {
    const needs = needsOf(target)
    if (tries > 0 && tries < context.snapshot.maxAttempts && needs.cost.least < least) {
      const taken = await Promise.resolve(takeLimits(caller, needs, context, 'at-once')).catch(unlessOverBudget)
      if (taken !== undefined) return new CallAccount(taken, target, leftOut, boundsOf)
    }
    if (needs.cost.least < least) tries += 1
    least = Math.min(least, needs.cost.least)
    leftOut.push(target)
  }
  throw refusal
}

function unlessOverBudget(thrown: unknown): undefined {
  if (!isOverBudget(thrown)) throw thrown
  return undefined
}

function isOverBudget(thrown: unknown): boolean {
  return thrown instanceof GatewayError && thrown.code === 'budget_exceeded'
}

/** Each target's, worked out once. */
function boundsFor(shape: ReturnType<typeof callShape>, routed: Routed): BoundsOf {
  const known = new Map<string, CallBounds | undefined>()
  return (target) => {
    if (known.has(target.id)) return known.get(target.id)
    const rounds = 1 + (shape.hasTools ? (target.refine ?? 0) : 0)
    const bounds = callBounds(target.facts, shape, { expectedOutput: predictedOf(routed, target), rounds })
    known.set(target.id, bounds)
    return bounds
  }
}

function tokensFor(shape: CallShape, predicted: number | undefined, limits: KeyLimits): number {
  const { promptTokens, maxOutputTokens = Number.POSITIVE_INFINITY, choices } = shape
  const answer = Math.min(predicted ?? ASSUMED_OUTPUT_TOKENS, maxOutputTokens) * choices
  return boundedTokens(promptTokens + Math.ceil(answer), promptTokens, limits)
}

/** The plan without what its key's budget does not pay for. */
export function withinBudget(routed: Routed, { leftOut }: CallAccount): Routed {
  if (leftOut.length === 0) return routed
  const names = leftOut.slice(0, MOST_NAMED).map(({ id }) => id)
  const more = leftOut.length > names.length ? ` and ${leftOut.length - names.length} more` : ''
  const lost: Loss = { path: 'budget', reason: `does not pay for ${names.join(', ')}${more}` }
  return {
    ...routed,
    targets: routed.targets.filter((target) => !leftOut.includes(target)),
    warnings: [...(routed.warnings ?? NONE), lost],
  }
}

function predictedOf({ decision }: Routed, target: Target): number | undefined {
  const candidate = decision?.candidates.find(({ model }) => model === target.id)
  return candidate?.output_tokens ?? undefined
}

function callShape({ chat, text }: ReadBody, targets: readonly Target[]): CallShape & { readonly hasTools: boolean } {
  const { promptTokens, hasAudio } = shapeOf(chat)
  const { body } = chat.native
  const terms = [body['service_tier'], body['serviceTier'], body['speed']].filter((term) => typeof term === 'string')
  const hasLong = targets.some(
    ({ facts }) => facts.price_cache_write_1h !== undefined || facts.price_cache_write !== undefined,
  )
  return {
    promptTokens,
    hasAudio,
    keepsLong: hasLong && text.includes('"1h"'),
    maxOutputTokens: chat.sampling.maxOutputTokens,
    choices: Math.max(1, chat.sampling.choices ?? 1),
    terms,
    hasTools: chat.tools.length > 0,
  }
}
