import type { SecureContextOptions } from 'node:tls'
import { createSecureContext } from 'node:tls'
import type { Problem } from '../../config/problem.ts'
import type { Snapshot } from '../../core/snapshot.ts'

const REMEDY =
  'Give PEM files that belong together: openssl x509 -in CERT -noout -pubkey must print what openssl pkey -in KEY -pubout does.'

/** Certificates and keys of a snapshot that cannot be used, as the TLS library says it. */
export function certificateProblems({ tls, providers }: Snapshot): Problem[] {
  const problems: Problem[] = []
  const check = (path: string, options: SecureContextOptions): void => {
    try {
      createSecureContext(options)
    } catch (cause) {
      problems.push({
        path,
        problem: `cannot be used: ${cause instanceof Error ? cause.message : cause}`,
        remedy: REMEDY,
      })
    }
  }
  if (tls !== undefined) check('server.tls', { cert: tls.cert, key: tls.key, ca: tls.clientCa })
  for (const { name, reach } of providers.values()) {
    if (reach?.tls === undefined) continue
    const { ca, cert, key } = reach.tls
    check(`providers.${name}.tls`, { ca, cert, key })
  }
  return problems
}
