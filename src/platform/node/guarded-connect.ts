import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup } from 'node:dns'
import type { buildConnector } from 'undici/index.js'
import { buildConnector as createConnector } from 'undici/index.js'
import type { ClientTls, Reach } from '../../core/ports.ts'
import { isAllowed, refusal, refusedLiteral } from '../web/reachable.ts'

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
