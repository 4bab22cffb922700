import type { Reach } from '../../core/ports.ts'
import { addressKind, familyOf } from './address-kind.ts'

/** The `code` of the error for a connection that is not made because of where it would go. */
export const ADDRESS_REFUSED = 'THALAMUS_ADDRESS_REFUSED'

/** The system looks up no name that is an address already. Why it may not be connected to, if it may not. */
export function refusedLiteral(hostname: string, allowsPrivate: boolean): Error | undefined {
  const address = hostname.replace(/^\[|\]$/g, '')
  return familyOf(address) === 0 || isAllowed(address, allowsPrivate) ? undefined : refusal(hostname, address)
}

// Of clouds whose metadata service has a name too.
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'instance-data',
  'instance-data.ec2.internal',
])

/** The same where a program cannot know what a name resolves to: by the name alone. */
export function refusedName(hostname: string, allowsPrivate: boolean): Error | undefined {
  const name = hostname.replace(/\.$/, '')
  if (METADATA_NAMES.has(name)) return refusal(hostname, '169.254.169.254')
  if (isLocalName(name) && !allowsPrivate) return refusal(hostname, '127.0.0.1')
  return refusedLiteral(hostname, allowsPrivate)
}

/** What the configuration says of an origin, and the origin itself. */
export function reachOf(origin: string, told: Reach | undefined): Reach {
  return { allowsPrivate: told?.allowsPrivate === true || isPrivateOrigin(origin), tls: told?.tls }
}

/** True for an origin that is an address of this machine or of one's own network, or `localhost`, as it stands. */
function isPrivateOrigin(origin: string): boolean {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '')
  return familyOf(host) === 0 ? isLocalName(host) : addressKind(host) === 'private'
}

function isLocalName(host: string): boolean {
  return /^(?:.+\.)?localhost\.?$/.test(host)
}

export function isAllowed(address: string, allowsPrivate: boolean): boolean {
  const kind = addressKind(address)
  return kind === 'public' || (kind === 'private' && allowsPrivate)
}

export function refusal(hostname: string, address: string): Error {
  const isPrivate = addressKind(address) === 'private'
  const why = isPrivate
    ? 'an address of a private network, where this provider is not expected: allow_private: true allows it'
    : 'an address where no upstream is, such as a cloud’s metadata service'
  return Object.assign(new Error(`${hostname} is ${address}, ${why}`), { code: ADDRESS_REFUSED })
}
