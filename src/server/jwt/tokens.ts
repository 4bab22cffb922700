import type { JWTHeaderParameters, JWTPayload, JWTVerifyOptions } from 'jose'
import { decodeProtectedHeader, errors, jwtVerify } from 'jose'
import { GatewayError } from '../../core/errors.ts'
import type { Ports, Store } from '../../core/ports.ts'
import type { JwtSettings, Principal } from '../../core/snapshot.ts'
import { challenge } from '../challenge.ts'
import { createKeySet } from './key-set.ts'
import { principalOfClaims } from './principal-of-claims.ts'

/** Checks the tokens of one issuer. */
export type Tokens = {
  /** The caller that a token names; at once where the same token was checked before. Throws `invalid_api_key`. */
  principal(token: string): Principal | Promise<Principal>
  /** Why tokens cannot be checked, or only by keys of some time ago. */
  problem(): string | undefined
  canCheck(): boolean
  /** Fetches the issuer’s keys where they are missing or old. Never rejects. */
  prepare(): Promise<void>
}

type Checked = { readonly principal: Principal; readonly from: number; readonly until: number }

// Larger ones reach no gateway: 16 KiB is the limit of all headers.
const MAX_CHARACTERS = 8_192
const MOST_KEPT = 5_000
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** Whether a secret looks like a token and unlike a key. */
export function looksLikeToken(text: string): boolean {
  return text.startsWith('eyJ') && SHAPE.test(text)
}

type Needs = Pick<Ports, 'transport' | 'clock' | 'createStore' | 'digest' | 'log'>

/** Signature, issuer, audience and times of each token, by keys that the issuer publishes. */
export function createTokens(settings: JwtSettings, ports: Needs): Tokens {
  const { clock, createStore, digest } = ports
  let kept: Store<Checked> = createStore<Checked>(MOST_KEPT)
  // A key that was withdrawn must not live on in what it signed.
  const keySet = createKeySet(settings, ports, () => {
    kept = createStore<Checked>(MOST_KEPT)
  })
  const skewMs = settings.skewSeconds * 1_000

  function known(name: string): Principal | undefined {
    const found = kept.get(name)
    const now = clock.now()
    return found !== undefined && now >= found.from && now < found.until ? found.principal : undefined
  }

  async function check(token: string, name: string): Promise<Principal> {
    const header = headerOf(token)
    let store: Store<Checked>
    let keys: readonly CryptoKey[]
    // Keys that were changed meanwhile are asked for once more.
    do {
      store = kept
      keys = await keysFor(header)
    } while (store !== kept)
    const claims = await verified(token, keys)
    const principal = principalOfClaims(claims, settings)
    const { nbf = 0, exp = 0 } = claims
    store.set(name, { principal, from: nbf * 1_000 - skewMs, until: exp * 1_000 + skewMs })
    return principal
  }

  async function verified(token: string, keys: readonly CryptoKey[]): Promise<JWTPayload> {
    const options: JWTVerifyOptions = {
      issuer: settings.issuer,
      audience: [...settings.audiences],
      algorithms: [...settings.algorithms],
      clockTolerance: settings.skewSeconds,
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp'],
    }
    let refusal: unknown
    for (const key of keys) {
      try {
        return (await jwtVerify(token, key, options)).payload
      } catch (cause) {
        refusal = cause
        // Another key changes nothing about the rest.
        if (!(cause instanceof errors.JWSSignatureVerificationFailed)) break
      }
    }
    throw refused(why(refusal), refusal)
  }

  function headerOf(token: string): JWTHeaderParameters {
    let header: JWTHeaderParameters
    try {
      header = { alg: '', ...decodeProtectedHeader(token) }
    } catch (cause) {
      throw refused('is not well-formed', cause)
    }
    // Before a key is looked for: what is not taken must not cost a fetch.
    if (!settings.algorithms.includes(header.alg)) throw refused('is signed in a way that is not taken here')
    return header
  }

  async function keysFor(header: JWTHeaderParameters): Promise<readonly CryptoKey[]> {
    try {
      return await keySet.keysFor(header)
    } catch (cause) {
      throw new GatewayError('issuer_unavailable', 'Tokens cannot be checked at the moment. Try again shortly.', {
        headers: { 'retry-after': '2' },
        detail: { problem: cause instanceof Error ? cause.message : String(cause) },
        cause,
      })
    }
  }

  return {
    principal(token) {
      if (token.length > MAX_CHARACTERS) throw refused(`is longer than ${MAX_CHARACTERS} characters`)
      const name = digest(token)
      return known(name) ?? check(token, name)
    },
    problem: keySet.problem,
    canCheck: keySet.hasKeys,
    prepare: keySet.prepare,
  }
}

function why(cause: unknown): string {
  if (cause === undefined) return 'is signed with a key that its issuer does not have'
  if (cause instanceof errors.JWTExpired) return 'has expired'
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'nbf') return 'is not valid yet'
    if (cause.claim === 'iss') return 'is of another issuer'
    if (cause.claim === 'aud') return 'was not issued for this gateway'
    if (cause.claim === 'exp') return 'does not say when it expires'
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed) return 'has a signature that is not its issuer’s'
  return 'is not valid'
}

function refused(what: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_api_key', `The token ${what}.`, {
    headers: challenge(`The token ${what}`),
    ...(cause === undefined ? {} : { cause }),
  })
}
