import type { Behaviour } from './behaviour.ts'
import type { Rejection } from './format.ts'

type Kind = { readonly type: string; readonly code: string | null; readonly message: string }

const KINDS: Readonly<Record<number, Kind>> = {
  400: { type: 'invalid_request_error', code: null, message: 'The request is not valid.' },
  401: { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' },
  403: { type: 'invalid_request_error', code: 'unsupported_country_region_territory', message: 'Not allowed here.' },
  404: { type: 'invalid_request_error', code: 'model_not_found', message: 'The model does not exist.' },
  408: { type: 'timeout', code: null, message: 'The request timed out.' },
  413: { type: 'invalid_request_error', code: null, message: 'The request is too large.' },
  429: { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again later.' },
  500: { type: 'server_error', code: null, message: 'The server had an error while processing your request.' },
  503: { type: 'server_error', code: null, message: 'The engine is currently overloaded. Please try again later.' },
}

const CODES: Readonly<Record<string, { readonly type: string; readonly message: string }>> = {
  insufficient_quota: {
    type: 'insufficient_quota',
    message: 'You exceeded your current quota, please check your plan and billing details.',
  },
  context_length_exceeded: {
    type: 'invalid_request_error',
    message: "This model's maximum context length is 8192 tokens. Your messages resulted in more.",
  },
}

/** The error that a behaviour with a status, or with an error inside a 200, answers. */
export function statusRejection(behaviour: Behaviour): Rejection {
  const status = behaviour.fault.type === 'status' ? behaviour.fault.status : 500
  const kind = KINDS[status] ?? (status < 500 ? KINDS[400] : KINDS[500])
  const { errorCode, retryAfter } = behaviour
  const told = errorCode !== undefined && Object.hasOwn(CODES, errorCode) ? CODES[errorCode] : undefined
  return {
    status,
    type: told?.type ?? kind?.type ?? 'server_error',
    code: errorCode ?? kind?.code ?? null,
    message: `${told?.message ?? kind?.message ?? 'Error.'} (simulated)`,
    param: null,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}
