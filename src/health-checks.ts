import type { Counters } from './core/counters.ts'
import type { Context } from './pipeline.ts'
import type { HealthCheck } from './server/readiness.ts'
import type { KeptUsage } from './usage/keep-usage.ts'

/** Needed where calls may not be served without a record of them. */
export function ledgerCheck(ledger: KeptUsage, isRequired: boolean): HealthCheck {
  return {
    name: 'ledger',
    problem: () => (ledger.problem() === undefined ? undefined : 'usage cannot be written down; the log says why'),
    isNeeded: () => isRequired,
  }
}

/** Needed where nobody with limits may be served without it. */
export function storeCheck(counters: Counters): HealthCheck {
  return {
    name: 'store',
    isUsed: () => counters.health() !== undefined,
    // Its own words name addresses.
    problem: () => (counters.health()?.isUp === false ? 'it does not answer; the log says why' : undefined),
    isNeeded: () => counters.health()?.isNeeded === true,
  }
}

/** Needed where tokens are all that lets anyone in, and none can be checked. */
export function tokensCheck(current: () => Context): HealthCheck {
  return {
    name: 'jwt',
    isUsed: () => current().tokens !== undefined,
    async problem() {
      const { tokens } = current()
      // Who is not ready gets no tokens, so that nothing else would fetch the keys.
      await tokens?.prepare()
      if (tokens?.canCheck() === false) return 'the issuer’s keys cannot be fetched; the log says why'
      return tokens?.problem() === undefined ? undefined : 'the issuer’s keys are old: it cannot be reached'
    },
    isNeeded() {
      const { tokens, snapshot } = current()
      return snapshot.keys.length === 0 && tokens?.canCheck() === false
    },
  }
}
