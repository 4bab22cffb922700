import type { Secrets } from '../core/ports.ts'
import type { Say } from './problem.ts'
import { readSecret } from './read-secret.ts'

const REFERENCE = /^([A-Za-z][\w-]* )?(env:[A-Za-z_]\w*|secret:\w[\w.-]*|file:.+)$/
const CREDENTIAL_NAME = /authorization|cookie|token|secret|password|credential|api-?key|(?:^|-)key$/i
const OWNED = [
  'host',
  'content-length',
  'content-type',
  'accept-encoding',
  'transfer-encoding',
  'connection',
  'upgrade',
  'expect',
]

/** The values among read headers that the configuration only refers to. */
export function secretValues(
  written: Readonly<Record<string, string>>,
  read: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(written).flatMap(([name, value]) => {
    const secret = REFERENCE.test(value) ? read[name.toLowerCase()] : undefined
    return secret === undefined ? [] : [secret]
  })
}

/** The headers of a provider with their references resolved; a header that carries a credential must be a reference. */
export function readHeaders(
  headers: Readonly<Record<string, string>>,
  path: string,
  secrets: Secrets,
  say: Say,
): Record<string, string> {
  const read: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const at = `${path}.${name}`
    const [, scheme = '', reference] = REFERENCE.exec(value) ?? []
    if (!/^[!#$%&'*+.^`|~\w-]+$/.test(name)) {
      say(at, 'not a header name', 'Use letters, digits and "-".')
    } else if (OWNED.includes(name.toLowerCase())) {
      say(at, 'the gateway sets this header itself', 'Remove it.')
    } else if (reference !== undefined) {
      const secret = readSecret(reference, at, secrets, say)
      if (secret !== undefined) read[name.toLowerCase()] = scheme + secret
    } else if (CREDENTIAL_NAME.test(name)) {
      say(
        at,
        'a credential must be a reference, never the value itself',
        'Write env:NAME, secret:NAME or file:/path, with a scheme before it where one is needed: "Bearer env:NAME".',
      )
    } else if (/[^\t\x20-\x7e]/.test(value)) {
      say(at, 'holds characters that no header can carry', 'Use ASCII on one line.')
    } else read[name.toLowerCase()] = value
  }
  return read
}
