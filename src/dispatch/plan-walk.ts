import type { BreakerSettings } from '../core/dispatch-settings.ts'
import type { ErrorCode } from '../core/errors.ts'
import { GatewayError } from '../core/errors.ts'
import type { Target } from '../core/target.ts'
import type { Breakers, Permit } from './breaker.ts'

export type Picked = { readonly target: Target; readonly permit: Permit }

/**
 * Which target of a plan is tried next: in its order those that are up; after a prompt that was too long for one, those
 * that are known to take more before the others; then those that rest, the one first that may soon be
 * asked again. A class, as everything that lives as long as a call: docs/decisions/2026-11-23-classes-per-call.md.
 */
export class PlanWalk {
  private readonly targets: readonly Target[]
  private readonly breakers: Breakers
  private readonly settings: BreakerSettings
  private next = 0
  // Passed over so far: not known to take more, or resting.
  private noLarger: Target[] | undefined = undefined
  private resting: Target[] | undefined = undefined
  // The largest window for which the prompt was too long.
  private window = 0

  constructor(targets: readonly Target[], breakers: Breakers, settings: BreakerSettings) {
    this.targets = targets
    this.breakers = breakers
    this.settings = settings
  }

  /** The next target, with the permit to ask it; `undefined` when there is none. */
  pick(): Picked | undefined {
    return this.pickUp() ?? this.pickNoLarger() ?? this.pickResting()
  }

  /** The same of those only that are up. */
  pickUp(): Picked | undefined {
    while (this.next < this.targets.length) {
      const target = this.targets[this.next]
      this.next += 1
      if (target === undefined || !this.mayFit(target)) continue
      if (this.window > 0 && !(Number(target.facts.context_tokens) > this.window)) {
        this.noLarger ??= []
        this.noLarger.push(target)
        continue
      }
      const permit = this.permit(target)
      if (permit !== undefined) return { target, permit }
    }
    return undefined
  }

  /** True while there may be another to try. */
  hasMore(): boolean {
    return this.next < this.targets.length || (this.noLarger?.length ?? 0) > 0 || (this.resting?.length ?? 0) > 0
  }

  /** This target could not take the whole prompt. */
  tooLongFor({ facts }: Target): void {
    this.window = Math.max(this.window, facts.context_tokens ?? 1)
  }

  private pickNoLarger(): Picked | undefined {
    for (;;) {
      const target = this.noLarger?.shift()
      if (target === undefined) return undefined
      const permit = this.permit(target)
      if (permit !== undefined) return { target, permit }
    }
  }

  private pickResting(): Picked | undefined {
    const { resting, breakers, settings } = this
    if (resting === undefined) return undefined
    const rest = (target: Target): number => breakers.restMs(target.id) ?? 0
    for (const target of resting.filter((one) => this.mayFit(one)).toSorted((a, b) => rest(a) - rest(b))) {
      const permit = breakers.enter(target.id, settings, true)
      if (permit === undefined) continue
      resting.splice(resting.indexOf(target), 1)
      return { target, permit }
    }
    return undefined
  }

  private permit(target: Target): Permit | undefined {
    const permit = this.breakers.enter(target.id, this.settings, false)
    if (permit === undefined) {
      this.resting ??= []
      this.resting.push(target)
    }
    return permit
  }

  private mayFit({ facts }: Target): boolean {
    return this.window === 0 || facts.context_tokens === undefined || facts.context_tokens >= this.window
  }
}

const LISTED = 5

/** What a caller is told when every target rests, and somebody else is trying the least bad one. */
export function noHealthyTarget(targets: readonly Target[], breakers: Breakers): GatewayError {
  const resting = targets.flatMap(({ id }) => {
    const restMs = breakers.restMs(id)
    return restMs === undefined ? [] : [{ id, restMs, cause: breakers.cause(id) }]
  })
  if (resting.length === 0) return new GatewayError('no_healthy_target', 'No model is left to try.')
  const seconds = Math.max(1, Math.ceil(Math.min(...resting.map(({ restMs }) => restMs)) / 1_000))
  const told = resting.slice(0, LISTED).map(({ id, cause }) => `${id} (${cause satisfies ErrorCode | undefined})`)
  const message = `Every model that could be tried rests because it failed: ${told.join(', ')}. Try again in ${seconds} s.`
  return new GatewayError('no_healthy_target', message, { headers: { 'retry-after': String(seconds) } })
}
