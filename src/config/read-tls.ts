import type { Secrets } from '../core/ports.ts'
import type { ServerTls } from '../core/snapshot.ts'
import type { Config } from './config-schema.ts'
import type { Say } from './problem.ts'
import { readPem } from './read-secret.ts'

/** The certificate with which the gateway serves https; `undefined` where it serves http, or after saying what is wrong. */
export function readServerTls({ tls }: Config['server'], secrets: Secrets, say: Say): ServerTls | undefined {
  if (tls === undefined) return undefined
  const cert = readPem(tls.cert, 'server.tls.cert', secrets, say)
  const key = readPem(tls.key, 'server.tls.key', secrets, say)
  const { client_ca: reference } = tls
  const clientCa = reference === undefined ? undefined : readPem(reference, 'server.tls.client_ca', secrets, say)
  return cert === undefined || key === undefined ? undefined : { cert, key, clientCa }
}
