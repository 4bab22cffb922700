import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import type { buildConnector } from 'undici'
import { buildConnector as createConnector } from 'undici'
import type { ClientTls, Reach } from '../../core/ports.ts'
import { addressKind } from './address-kind.ts'

/** The `code` of the error for a connection that is not made because of where it would go. */
export const ADDRESS_REFUSED = 'THALAMUS_ADDRESS_REFUSED'

type Answered = (cause: Error | null, address: string | LookupAddress[], family?: number) => void
/** `dns.lookup`, of which tests have their own. */
export type Lookup = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  answered: (cause: Error | null, addresses: LookupAddress[]) => void,
) => void

/**
 * Opens sockets of undici's only to addresses that an upstream may have. A name is looked up once: what is checked is what is
 * connected to, so a name that is bound anew between two look-ups gets nobody anywhere.
 */
export function guardedConnector(connectMs: number, reach: Reach, resolve: Lookup = lookup): buildConnector.connector {
  const connect = createConnector({
    timeout: connectMs,
    allowH2: false,
    lookup: guardedLookup(reach.allowsPrivate, resolve),
    minVersion: 'TLSv1.2',
    ...tlsOptions(reach.tls),
  })
  return (options, callback) => {
    const refused = refusedLiteral(options.hostname, reach.allowsPrivate)
    if (refused === undefined) connect(options, callback)
    else callback(refused, null)
  }
}

/** `dns.lookup` that leaves out addresses where nothing may be asked, and fails when none is left. */
export function guardedLookup(
  allowsPrivate: boolean,
  resolve: Lookup = lookup,
): (hostname: string, options: LookupOptions, answered: Answered) => void {
  return (hostname, options, answered) => {
    resolve(hostname, { ...options, all: true }, (cause, addresses) => {
      if (cause !== null) return answered(cause, [])
      const allowed = addresses.filter(({ address }) => isAllowed(address, allowsPrivate))
      const [first] = allowed
      if (first === undefined) return answered(refusal(hostname, addresses[0]?.address ?? 'no address'), [])
      return options.all === true ? answered(null, allowed) : answered(null, first.address, first.family)
    })
  }
}

/** The system looks up no name that is an address already. Why it may not be connected to, if it may not. */
export function refusedLiteral(hostname: string, allowsPrivate: boolean): Error | undefined {
  const address = hostname.replace(/^\[|\]$/g, '')
  return isIP(address) === 0 || isAllowed(address, allowsPrivate) ? undefined : refusal(hostname, address)
}

/** What the configuration says of an origin, and the origin itself. */
export function reachOf(origin: string, told: Reach | undefined): Reach {
  return { allowsPrivate: told?.allowsPrivate === true || isPrivateOrigin(origin), tls: told?.tls }
}

/** True for an origin that is an address of this machine or of one's own network, or `localhost`, as it stands. */
function isPrivateOrigin(origin: string): boolean {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? /^(?:.+\.)?localhost\.?$/.test(host) : addressKind(host) === 'private'
}

function isAllowed(address: string, allowsPrivate: boolean): boolean {
  const kind = addressKind(address)
  return kind === 'public' || (kind === 'private' && allowsPrivate)
}

function refusal(hostname: string, address: string): Error {
  const isPrivate = addressKind(address) === 'private'
  const why = isPrivate
    ? 'an address of a private network, where this provider is not expected: allow_private: true allows it'
    : 'an address where no upstream is, such as a cloud’s metadata service'
  return Object.assign(new Error(`${hostname} is ${address}, ${why}`), { code: ADDRESS_REFUSED })
}

function tlsOptions(tls: ClientTls | undefined) {
  if (tls === undefined) return {}
  const { ca, cert, key, serverName } = tls
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  }
}
