import type { Headers } from '../core/ports.ts'

/** The header that a 401 must have. RFC 6750 §3: `problem` only where something was sent. */
export function challenge(problem?: string): Headers {
  if (problem === undefined) return { 'www-authenticate': 'Bearer realm="thalamus"' }
  const text = problem.replace(/[^\x20-\x7e]/g, "'").replace(/["\\]/g, "'")
  return { 'www-authenticate': `Bearer realm="thalamus", error="invalid_token", error_description="${text}"` }
}
