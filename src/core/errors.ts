/** What may be done after a failure: nothing, the same target once more, or the next target of the plan. */
export type Retry = 'never' | 'same-target' | 'other-target'

/**
 * Every error a client can meet. Codes are public: documented in docs/errors.md, added and never renamed.
 * `type` is OpenAI's error type; `retry` says what dispatch may do; unlisted means never retried.
 */
export const ERRORS = {
  invalid_request: { status: 400, type: 'invalid_request_error', retry: 'never' },
  invalid_json: { status: 400, type: 'invalid_request_error', retry: 'never' },
  unknown_flag: { status: 400, type: 'invalid_request_error', retry: 'never' },
  request_blocked: { status: 400, type: 'invalid_request_error', retry: 'never' },
  invalid_http: { status: 400, type: 'invalid_request_error', retry: 'never' },
  invalid_api_key: { status: 401, type: 'authentication_error', retry: 'never' },
  origin_not_allowed: { status: 403, type: 'permission_error', retry: 'never' },
  answer_blocked: { status: 403, type: 'permission_error', retry: 'never' },
  route_not_found: { status: 404, type: 'invalid_request_error', retry: 'never' },
  model_not_found: { status: 404, type: 'invalid_request_error', retry: 'never' },
  decision_not_found: { status: 404, type: 'invalid_request_error', retry: 'never' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', retry: 'never' },
  request_timeout: { status: 408, type: 'invalid_request_error', retry: 'never' },
  unsupported_encoding: { status: 415, type: 'invalid_request_error', retry: 'never' },
  request_too_large: { status: 413, type: 'invalid_request_error', retry: 'never' },
  no_feasible_model: { status: 422, type: 'invalid_request_error', retry: 'never' },
  rate_limited: { status: 429, type: 'rate_limit_error', retry: 'never' },
  concurrency_limited: { status: 429, type: 'rate_limit_error', retry: 'never' },
  budget_exceeded: { status: 429, type: 'insufficient_quota', retry: 'never' },
  headers_too_large: { status: 431, type: 'invalid_request_error', retry: 'never' },
  client_closed_request: { status: 499, type: 'invalid_request_error', retry: 'never' },
  internal_error: { status: 500, type: 'server_error', retry: 'never' },
  loop_detected: { status: 508, type: 'invalid_request_error', retry: 'never' },
  store_unavailable: { status: 503, type: 'server_error', retry: 'never' },
  guard_failed: { status: 500, type: 'server_error', retry: 'never' },
  not_implemented: { status: 501, type: 'server_error', retry: 'never' },
  upstream_rejected: { status: 400, type: 'invalid_request_error', retry: 'never' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error', retry: 'other-target' },
  upstream_model_missing: { status: 404, type: 'server_error', retry: 'other-target' },
  upstream_auth_failed: { status: 502, type: 'server_error', retry: 'other-target' },
  upstream_rate_limited: { status: 429, type: 'rate_limit_error', retry: 'other-target' },
  upstream_quota_exhausted: { status: 429, type: 'insufficient_quota', retry: 'other-target' },
  upstream_error: { status: 502, type: 'server_error', retry: 'other-target' },
  upstream_overloaded: { status: 503, type: 'server_error', retry: 'other-target' },
  upstream_unreachable: { status: 502, type: 'server_error', retry: 'same-target' },
  upstream_address_refused: { status: 502, type: 'server_error', retry: 'other-target' },
  upstream_timeout: { status: 504, type: 'server_error', retry: 'other-target' },
  upstream_empty: { status: 502, type: 'server_error', retry: 'other-target' },
  upstream_malformed: { status: 502, type: 'server_error', retry: 'other-target' },
  upstream_too_large: { status: 502, type: 'server_error', retry: 'never' },
  stream_interrupted: { status: 502, type: 'server_error', retry: 'other-target' },
  not_configured: { status: 503, type: 'server_error', retry: 'never' },
  shutting_down: { status: 503, type: 'server_error', retry: 'never' },
  issuer_unavailable: { status: 503, type: 'server_error', retry: 'never' },
  ledger_unavailable: { status: 503, type: 'server_error', retry: 'never' },
  no_healthy_target: { status: 503, type: 'server_error', retry: 'never' },
  target_busy: { status: 503, type: 'server_error', retry: 'other-target' },
  content_filtered: { status: 400, type: 'invalid_request_error', retry: 'never' },
} as const satisfies Record<string, { status: number; type: string; retry: Retry }>

export type ErrorCode = keyof typeof ERRORS

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

export type ErrorOptions = {
  /** The request field at fault, as a path: `messages[0].content`. */
  readonly param?: string
  /** For operators' logs only: addresses, upstream bodies. Never leaves the process. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** Extra public members of the error body, e.g. the limits each model fails. */
  readonly data?: Readonly<Record<string, unknown>>
  /** An upstream could not make anything of reasoning state in the history: another try without it may pass. */
  readonly refusesSignatures?: boolean
  readonly unreadAnswer?: string | undefined
  /** Response headers that belong to the error, e.g. `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** The one error class: a public code and message, and a detail for operators. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly param: string | undefined
  readonly detail: Readonly<Record<string, unknown>>
  readonly data: Readonly<Record<string, unknown>> | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly refusesSignatures: boolean
  /** What the model said, where its server could make no calls of it. Never logged. */
  readonly unreadAnswer: string | undefined

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'GatewayError'
    this.code = code
    this.param = options.param
    this.detail = options.detail ?? {}
    this.data = options.data
    this.headers = options.headers ?? {}
    this.refusesSignatures = options.refusesSignatures ?? false
    this.unreadAnswer = options.unreadAnswer
  }

  get status(): number {
    return ERRORS[this.code].status
  }

  get type(): string {
    return ERRORS[this.code].type
  }

  get retry(): Retry {
    return ERRORS[this.code].retry
  }
}

/** Any thrown value as a GatewayError; what is not ours becomes `internal_error` with a fixed message. */
export function toGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  return new GatewayError('internal_error', 'The gateway failed to handle this request. Its log says why.', {
    cause: thrown,
  })
}
