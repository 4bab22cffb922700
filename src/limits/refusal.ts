import type { Claim, LimitsLeft, Refused } from '../core/counters.ts'
import { GatewayError } from '../core/errors.ts'
import { periodAt } from './period.ts'

const NANO = 1_000_000_000
const ONE_SECOND = { 'retry-after': '1' }

/** What a caller is told whose claim was refused. `now` in milliseconds since 1970. */
export function refusal(
  { limits }: Pick<Claim, 'limits'>,
  { by, retryAfterMs = 1_000, isHeld }: Refused,
  now: number,
): GatewayError {
  switch (by) {
    case 'requests':
    case 'tokens': {
      const limit = by === 'requests' ? limits.requestsPerMinute : limits.tokensPerMinute
      const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000))
      const message = `This key may use ${limit} ${by} a minute, and they are used up. Try again in ${seconds} s.`
      return new GatewayError('rate_limited', message, {
        headers: {
          'retry-after': String(seconds),
          [`x-ratelimit-limit-${by}`]: String(limit),
          [`x-ratelimit-remaining-${by}`]: '0',
        },
      })
    }
    case 'concurrent':
      return new GatewayError(
        'concurrency_limited',
        `This key may have ${limits.concurrent} requests under way at once, and has. Try again when one of them is over.`,
        { headers: ONE_SECOND },
      )
    case 'budget': {
      const { nanoUsd, per } = limits.budget ?? { nanoUsd: 0, per: 'day' }
      const anew = new Date(periodAt(per, now).endsAt).toISOString().slice(0, 10)
      const what = isHeld ? 'what requests under way leave of it' : 'what is left of it'
      const message = `This key may spend $${nanoUsd / NANO} a ${per}, and ${what} does not pay for this one. The budget begins anew on ${anew} at 00:00 UTC.`
      return new GatewayError('budget_exceeded', message, { headers: { 'x-should-retry': 'false' } })
    }
    default: {
      const unhandled: never = by
      throw new GatewayError('internal_error', 'A claim was refused for no reason.', { detail: { by: unhandled } })
    }
  }
}

/** A prompt that no minute has room for. */
export function neverFits(limit: number, tokens: number): GatewayError {
  const message = `This key may use ${limit} tokens a minute, and the prompt alone has about ${tokens}. Send less.`
  return new GatewayError('rate_limited', message, { headers: { 'x-should-retry': 'false' } })
}

/** OpenAI's headers, of what is bounded. */
export function rateLimitHeaders(claim: Claim, left: LimitsLeft): Record<string, string> {
  const headers: Record<string, string> = {}
  const { requestsPerMinute, tokensPerMinute } = claim.limits
  if (requestsPerMinute !== undefined && left.requests !== undefined) {
    headers['x-ratelimit-limit-requests'] = String(requestsPerMinute)
    headers['x-ratelimit-remaining-requests'] = String(left.requests)
  }
  if (tokensPerMinute !== undefined && left.tokens !== undefined) {
    headers['x-ratelimit-limit-tokens'] = String(tokensPerMinute)
    headers['x-ratelimit-remaining-tokens'] = String(left.tokens)
  }
  return headers
}
