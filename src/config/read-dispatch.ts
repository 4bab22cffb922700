import type { DispatchSettings } from '../core/dispatch-settings.ts'
import type { Config } from './config-schema.ts'

/** The section `dispatch` as requests read it. */
export function readDispatch({ dispatch }: Config): DispatchSettings {
  const { breaker, queue, hedge } = dispatch
  return {
    retries: dispatch.retries,
    maxRetryAfterMs: dispatch.max_retry_after_ms,
    holdBackBytes: dispatch.hold_back_bytes,
    holdBackFrames: dispatch.hold_back_frames,
    fallbackOn: new Set(dispatch.fallback_on),
    breaker: {
      isEnabled: breaker.enabled,
      failures: breaker.failures,
      share: breaker.share,
      restMs: breaker.rest_ms,
      maxRestMs: breaker.max_rest_ms,
    },
    queue: { length: queue.length, waitMs: queue.wait_ms },
    continuations: dispatch.continuations,
    hedge: hedge === undefined ? undefined : { share: hedge.share, minMs: hedge.min_ms },
  }
}
