import { GatewayError } from '../core/errors.ts'

/** What a URL asks of a provider: its path after `/v1`, and the gateway's own part of the query. */
export type PassthroughPath = {
  /** Path after the base URL and query, as the upstream gets it. */
  readonly path: string
  /** `?provider=NAME`. */
  readonly provider: string | undefined
}

// `key` is where Gemini's clients put their key for the gateway; it is asked for below /v1beta only, and sent nowhere.
const OWN_PARAMETERS = ['provider', 'key']

/**
 * Reads the path and query of a URL below `/v1`. Refuses what an upstream might take for a way out of its base URL.
 * Everything but the gateway's own parameters stays as it was written.
 */
export function passthroughPath(url: string): PassthroughPath {
  const slash = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3)
  const hash = url.indexOf('#')
  const target = url.slice(slash, hash < 0 ? url.length : hash)
  const question = target.indexOf('?')
  const whole = question < 0 ? target : target.slice(0, question)
  if (leavesItsFolder(whole)) {
    throw new GatewayError('invalid_request', 'The path has dot segments, which are not passed on. Write it out.')
  }
  if (hasControl(target)) {
    throw new GatewayError('invalid_request', 'The URL has control characters, which are not passed on. Encode them.')
  }
  const path = whole.slice('/v1'.length)
  const query = question < 0 ? '' : target.slice(question + 1)
  const pairs = query === '' ? [] : query.split('&')
  const kept = pairs.filter((pair) => !OWN_PARAMETERS.includes(nameOf(pair)))
  return {
    path: kept.length === 0 ? path : `${path}?${kept.join('&')}`,
    provider: new URLSearchParams(query).get('provider') ?? undefined,
  }
}

function nameOf(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? ''
}

// Servers decode once, proxies in front of them once more.
const MOST_DECODINGS = 3

/** Dot segments, however they are encoded, and what some servers read as a slash. */
function leavesItsFolder(path: string): boolean {
  let text = path
  for (let round = 0; round <= MOST_DECODINGS; round += 1) {
    if (text.split(/[/\\]/).some((segment) => /^\s*\.{1,2}\s*(?:;|$)/.test(segment))) return true
    if (hasControl(text) || text.includes('\\')) return true
    const decoded = text.replaceAll(/%[0-9a-f]{2}/gi, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
    if (decoded === text) return false
    text = decoded
  }
  // Encoded more often than anybody has a reason to.
  return true
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code < 32 || code === 127) return true
  }
  return false
}
