import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Certificate = { readonly cert: string; readonly key: string }
export type Authority = Certificate & {
  /** A certificate of this authority's for 127.0.0.1 and `name`; paths of PEM files. */
  issue(name: string): Certificate
}

/** An authority of the test's own, made by openssl: files in a folder that is new. `cert` and `key` are paths. */
export function createAuthority(): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-certificates-'))
  const path = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const ca: Certificate = { cert: path('ca.crt'), key: path('ca.key') }
  openssl('req', '-x509', ...newKey, '-keyout', ca.key, '-out', ca.cert, '-days', '2', '-subj', '/CN=test authority')
  let serial = 0
  return {
    ...ca,
    issue(name) {
      serial += 1
      const files = { cert: path(`${serial}.crt`), key: path(`${serial}.key`) }
      const request = path(`${serial}.csr`)
      writeFileSync(path('extensions'), `subjectAltName=IP:127.0.0.1,DNS:${name}\n`)
      openssl('req', ...newKey, '-keyout', files.key, '-out', request, '-subj', `/CN=${name}`)
      openssl(
        ...['x509', '-req', '-in', request, '-CA', ca.cert, '-CAkey', ca.key, '-set_serial', String(serial)],
        ...['-days', '2', '-extfile', path('extensions'), '-out', files.cert],
      )
      return files
    },
  }
}

/** The PEM texts behind the paths. */
export function pemOf({ cert, key }: Certificate): Certificate {
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}
