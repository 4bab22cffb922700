import { GatewayError } from './errors.ts'
import type { FinishReason } from './stream-part.ts'

/** Throws `upstream_error` for an answer that ended because its model failed. `raw`: the upstream's own word for it. */
export function refuseFailed(finishReason: FinishReason | undefined, raw?: string): void {
  if (finishReason !== 'error') return
  throw new GatewayError('upstream_error', 'The model broke its answer off because of an error of its own.', {
    detail: { finish: raw },
  })
}
