import type { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'

/** The client's error body: `{"error": {"message", "type", "param", "code"}}` and the error's public data. */
export function writeError(error: GatewayError): JsonObject {
  return {
    error: {
      message: error.message,
      type: error.type,
      param: error.param ?? null,
      code: error.code,
      // `data` is plain JSON by contract of ErrorOptions.
      ...(error.data as JsonObject | undefined),
    },
  }
}
