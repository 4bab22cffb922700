import type { JSONWebKeySet, JWTHeaderParameters } from 'jose'
import { createLocalJWKSet, errors } from 'jose'
import { askUpstream } from '../../ask-upstream.ts'
import { isLoopback } from '../../core/is-loopback.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Clock, Log, Transport } from '../../core/ports.ts'
import type { JwtSettings } from '../../core/snapshot.ts'

/** The public keys of an issuer. */
export type KeySet = {
  /**
   * The keys that may have signed a token with this header: one, or several where it does not say which. Empty where the
   * issuer has none such. Rejects where its keys have never been had.
   */
  keysFor(header: JWTHeaderParameters): Promise<readonly CryptoKey[]>
  /** Why there are no keys, or none of late. */
  problem(): string | undefined
  /** True when keys were had, however long ago. */
  hasKeys(): boolean
  /** Fetches them where they are missing or old, and that was not tried just now. Never rejects. */
  prepare(): Promise<void>
}

const FETCH_MS = 5_000
const MAX_BYTES = 256 * 1024
const MAX_KEYS = 100
/** Of several keys that fit a header without an id, how many are tried. */
const MAX_TRIED = 8
/** From then on they are fetched again, and used meanwhile. */
const OLD_MS = 600_000
/** Between two fetches, whatever tokens come: an id that nobody knows must not become a storm on the issuer. */
const COOL_DOWN_MS = 30_000
const COOL_DOWN_EMPTY_MS = 2_000
const ASYMMETRIC: ReadonlySet<unknown> = new Set(['RSA', 'EC', 'OKP'])

/** Keys are fetched when they are needed, kept while the issuer is away, and at most twice a minute asked for anew. */
export function createKeySet(
  { issuer, jwksUrl }: JwtSettings,
  ports: { readonly transport: Transport; readonly clock: Clock; readonly log: Log },
  changed: () => void,
): KeySet {
  const { clock } = ports
  const ask = askUpstream(ports.transport, clock, { maxMs: FETCH_MS, maxBytes: MAX_BYTES })
  let find: ReturnType<typeof createLocalJWKSet> | undefined
  let text = ''
  let problem: string | undefined
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let fetching: Promise<void> | undefined

  function refresh(): Promise<void> {
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  async function fetchKeys(): Promise<void> {
    triedAt = clock.monotonic()
    try {
      const fetched = readKeySet(await fetchJson(jwksUrl ?? (await discover())))
      const written = JSON.stringify(fetched)
      if (written !== text) {
        find = createLocalJWKSet(fetched)
        text = written
        changed()
      }
      fetchedAt = clock.monotonic()
      problem = undefined
    } catch (cause) {
      const isNew = problem === undefined
      problem = cause instanceof Error ? cause.message : String(cause)
      if (isNew) ports.log('warn', 'issuer_keys_not_fetched', { issuer, problem })
    }
  }

  /** https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation */
  async function discover(): Promise<string> {
    const found = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`)
    const { issuer: named, jwks_uri: address } = isJsonObject(found) ? found : {}
    if (named !== issuer) throw new Error(`the issuer calls itself ${JSON.stringify(named)?.slice(0, 200)}`)
    if (typeof address !== 'string' || !isSafe(address)) throw new Error('the issuer names no jwks_uri with https')
    return address
  }

  async function fetchJson(address: string): Promise<unknown> {
    const { origin, pathname, search } = new URL(address)
    const headers = { accept: 'application/json' }
    const { status, body } = await ask({ method: 'GET', origin, path: pathname + search, headers, body: undefined })
    if (status !== 200) throw new Error(`${address} answered with ${status}`)
    return JSON.parse(body)
  }

  async function refreshIfDue(coolDownMs: number): Promise<boolean> {
    if (fetching === undefined && clock.monotonic() - triedAt < coolDownMs) return false
    await refresh()
    return true
  }

  return {
    async keysFor(header) {
      if (find === undefined) await refreshIfDue(COOL_DOWN_EMPTY_MS)
      if (find === undefined) throw new Error(problem ?? 'no keys')
      if (clock.monotonic() - fetchedAt > OLD_MS) void refreshIfDue(COOL_DOWN_MS)
      const found = await keysIn(find, header)
      if (found.length > 0 || !(await refreshIfDue(COOL_DOWN_MS))) return found
      return keysIn(find, header)
    },
    problem: () => problem,
    hasKeys: () => find !== undefined,
    async prepare() {
      if (find === undefined) await refreshIfDue(COOL_DOWN_EMPTY_MS)
      else if (clock.monotonic() - fetchedAt > OLD_MS) await refreshIfDue(COOL_DOWN_MS)
    },
  }
}

async function keysIn(
  find: ReturnType<typeof createLocalJWKSet>,
  header: JWTHeaderParameters,
): Promise<readonly CryptoKey[]> {
  try {
    return [await find(header)]
  } catch (cause) {
    if (!(cause instanceof errors.JWKSMultipleMatchingKeys)) return []
    const keys: CryptoKey[] = []
    for await (const key of cause) {
      keys.push(key)
      if (keys.length === MAX_TRIED) break
    }
    return keys
  }
}

/** Public keys for signatures only: a shared secret in the set is not one that tokens are checked with. */
function readKeySet(fetched: unknown): JSONWebKeySet {
  const listed = isJsonObject(fetched) ? fetched['keys'] : undefined
  if (!Array.isArray(listed)) throw new Error('the issuer’s keys are no JWKS')
  const keys = listed
    .slice(0, MAX_KEYS)
    .filter(isJsonObject)
    .filter(({ kty }) => ASYMMETRIC.has(kty))
  if (keys.length === 0) throw new Error('the issuer has no public keys')
  return { keys: keys.map((key) => ({ ...key, kty: String(key['kty']) })) }
}

function isSafe(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address)
    return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  } catch {
    return false
  }
}
