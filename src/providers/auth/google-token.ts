import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { HttpRequest } from '../../core/ports.ts'
import type { KeyProblem, ProviderCall } from '../../core/provider.ts'

type Asking = Pick<ProviderCall, 'ask' | 'now'>

/** A token in use, or the exchange that will bring one. */
type Kept = { readonly token: string; readonly expiresAt: number } | Promise<string>

type ServiceAccount = {
  readonly email: string
  readonly keyId: string | undefined
  /** PKCS #8 in PEM. */
  readonly privateKey: string
  readonly tokenUrl: string
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform'
const LIFE_SECONDS = 3_600
/** How long before its end a token is not used any more. */
const MARGIN_MS = 60_000

// By the service account's JSON. Keys come from configuration only, so the memory is small.
const kept = new Map<string, Kept>()

export function isServiceAccount(secret: string): boolean {
  return secret.trimStart().startsWith('{')
}

/** Why a key that looks like a service account is none. Whether Google knows it, only a call can tell. */
export function checkServiceAccount(secret: string): KeyProblem | undefined {
  if (!isServiceAccount(secret)) return undefined
  const fields = parse(secret)
  if (fields === undefined) {
    return { problem: 'begins like a service account and is no JSON', remedy: `${DOWNLOAD} It may have been cut.` }
  }
  const missing = ['client_email', 'private_key'].find((name) => typeof fields[name] !== 'string')
  if (missing !== undefined) {
    return { problem: `is JSON without ${missing}, so no service account`, remedy: DOWNLOAD }
  }
  const { private_key: pem, token_uri: tokenUrl } = fields
  if (!PEM.test(String(pem))) {
    return { problem: 'has a private_key that is no PKCS #8 key in PEM', remedy: DOWNLOAD }
  }
  const isAddress = tokenUrl === undefined || (typeof tokenUrl === 'string' && URL.canParse(tokenUrl))
  return isAddress ? undefined : { problem: 'has a token_uri that is no URL', remedy: DOWNLOAD }
}

const DOWNLOAD = 'Use the JSON key file of a service account, whole, as Google Cloud gives it out.'
const PEM = /-----BEGIN PRIVATE KEY-----[\sA-Za-z0-9+/=]+-----END PRIVATE KEY-----/

/**
 * An access token for a service account: at once while one is good, else after one exchange for all who wait. Rejects
 * with `upstream_auth_failed` when Google refuses the account. https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export function googleToken(secret: string, asking: Asking): string | Promise<string> {
  const known = kept.get(secret)
  if (known instanceof Promise) return known
  if (known !== undefined && known.expiresAt - MARGIN_MS > asking.now) return known.token
  const exchange = exchangeToken(secret, asking)
  kept.set(secret, exchange)
  return exchange
}

async function exchangeToken(secret: string, { ask, now }: Asking): Promise<string> {
  try {
    const account = readAccount(secret)
    const { status, body } = await ask(tokenRequest(account.tokenUrl, await signedClaims(account, now)))
    const { token, lifeMs } = readAnswer(status, body)
    kept.set(secret, { token, expiresAt: now + lifeMs })
    return token
  } catch (thrown) {
    // The next call tries again.
    kept.delete(secret)
    throw thrown
  }
}

function readAccount(secret: string): ServiceAccount {
  const fields = parse(secret)
  const { client_email: email, private_key: privateKey, private_key_id: keyId, token_uri: tokenUrl } = fields ?? {}
  if (typeof email !== 'string' || typeof privateKey !== 'string') {
    throw refused('The key configured for Vertex AI is no service account: it lacks client_email or private_key.', {})
  }
  return {
    email,
    privateKey,
    keyId: typeof keyId === 'string' ? keyId : undefined,
    tokenUrl: typeof tokenUrl === 'string' ? tokenUrl : 'https://oauth2.googleapis.com/token',
  }
}

/** A JSON Web Token in which the account asks for access, signed with its key (RFC 7523). */
async function signedClaims({ email, keyId, privateKey, tokenUrl }: ServiceAccount, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1_000)
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) }
  const claims = { iss: email, scope: SCOPE, aud: tokenUrl, iat: issuedAt, exp: issuedAt + LIFE_SECONDS }
  const encoder = new TextEncoder()
  const signed = [header, claims].map((part) => base64Url(encoder.encode(JSON.stringify(part)))).join('.')
  const key = await importKey(privateKey)
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, encoder.encode(signed))
  return `${signed}.${base64Url(new Uint8Array(signature))}`
}

async function importKey(pem: string): Promise<CryptoKey> {
  const base64 = pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '')
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    return await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign'])
  } catch (cause) {
    throw refused('The private_key of the service account for Vertex AI is no RSA key in PKCS #8.', {}, cause)
  }
}

function tokenRequest(url: string, assertion: string): HttpRequest {
  const { origin, pathname, search } = new URL(url)
  const grant = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion })
  return {
    method: 'POST',
    origin,
    path: pathname + search,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' },
    body: grant.toString(),
  }
}

function readAnswer(status: number, body: string): { readonly token: string; readonly lifeMs: number } {
  const fields = parse(body) ?? {}
  const { access_token: token, expires_in: seconds, error } = fields
  const detail = { status, error: typeof error === 'string' ? error : undefined }
  if (status === 429 || status >= 500) {
    throw new GatewayError('upstream_error', 'Google issues no access token at the moment.', { detail })
  }
  if (status !== 200 || typeof token !== 'string') {
    throw refused('Google refused the service account of this gateway. The operator has to check its key.', detail)
  }
  return { token, lifeMs: (typeof seconds === 'number' ? seconds : LIFE_SECONDS) * 1_000 }
}

function refused(message: string, detail: Readonly<Record<string, unknown>>, cause?: unknown): GatewayError {
  return new GatewayError('upstream_auth_failed', message, { detail, cause })
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    // Said to be no service account, or no token, by the caller.
    return undefined
  }
}

function base64Url(bytes: Uint8Array): string {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}
