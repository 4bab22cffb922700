import { GatewayError } from '../core/errors.ts'
import type { ResponseHeaders } from '../core/ports.ts'

/**
 * Why an answer cannot be read that came compressed though `accept-encoding: identity` was sent; `undefined` for a plain
 * one, as nearly all are. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function refuseCoding(headers: ResponseHeaders): GatewayError | undefined {
  const coding = codingOf(headers)
  if (coding === undefined) return undefined
  return new GatewayError(
    'upstream_malformed',
    `The model answered in the content coding "${coding}", although it was asked for none. What stands before it has to honour "accept-encoding: identity".`,
    { detail: { content_encoding: coding } },
  )
}

const MAX_NAME = 40

/** What is said in place of a refusal's words that came compressed; `undefined` for plain ones. */
export function refusedIn(headers: ResponseHeaders): string | undefined {
  const coding = codingOf(headers)
  return coding === undefined
    ? undefined
    : `The model refused in the content coding "${coding}", although it was asked for none, so its words cannot be read.`
}

function codingOf(headers: ResponseHeaders): string | undefined {
  const said = headers['content-encoding']
  if (said === undefined || said === '' || String(said).toLowerCase() === 'identity') return undefined
  return String(said).slice(0, MAX_NAME)
}
