import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import type { Clock, Transport } from '../../core/ports.ts'
import type { JwtSettings } from '../../core/snapshot.ts'
import { createTokens } from './tokens.ts'

const SETTINGS: JwtSettings = {
  issuer: 'https://login.example.com',
  audiences: ['thalamus'],
  jwksUrl: 'https://login.example.com/keys',
  algorithms: ['ES256'],
  nameClaim: 'sub',
  skewSeconds: 0,
  rules: [],
}

async function createKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid } }
}
type Key = Awaited<ReturnType<typeof createKey>>

/** An issuer in memory, and a clock that stands still until it is moved. */
function start() {
  const issuer = { keys: [] as Key[], isAway: false, fetches: 0 }
  let now = 1_800_000_000_000
  const clock: Clock = {
    monotonic: () => now,
    now: () => now,
    timer: () => ({ cancel: () => undefined, refresh: () => undefined }),
  }
  const transport: Transport = {
    send(_request, handler) {
      issuer.fetches += 1
      queueMicrotask(() => {
        handler.onHead(issuer.isAway ? 503 : 200, {})
        handler.onData(new TextEncoder().encode(JSON.stringify({ keys: issuer.keys.map(({ jwk }) => jwk) })))
        handler.onEnd()
      })
      return { abort: () => undefined, pause: () => undefined, resume: () => undefined }
    },
    close: () => Promise.resolve(),
  }
  let stores = 0
  const createStore = <Value>() => {
    stores += 1
    const kept = new Map<string, Value>()
    return { get: (key: string) => kept.get(key), set: (key: string, value: Value) => void kept.set(key, value) }
  }
  const tokens = createTokens(SETTINGS, { transport, clock, createStore, digest: (text) => text, log: () => undefined })
  const sign = ({ privateKey, kid }: Key, lifeMs = 3_600_000) =>
    new SignJWT({ sub: 'alice', aud: 'thalamus', iss: SETTINGS.issuer })
      .setProtectedHeader({ alg: 'ES256', kid })
      .setExpirationTime(Math.floor((now + lifeMs) / 1_000))
      .sign(privateKey)
  const later = (milliseconds: number): void => {
    now += milliseconds
  }
  return { issuer, tokens, sign, later, stores: () => stores }
}

test('a new key of the issuer’s is found after half a minute at the latest, and one that it withdraws ends what it signed', async () => {
  const { issuer, tokens, sign, later } = start()
  const [first, second] = [await createKey('first'), await createKey('second')]
  issuer.keys = [first]
  const old = await sign(first)
  expect(await tokens.principal(old)).toMatchObject({ name: 'jwt:alice' })
  // Checked before: no wait, no fetch.
  expect(tokens.principal(old)).toMatchObject({ name: 'jwt:alice' })
  issuer.keys = [second]
  const rotated = await sign(second)
  await expect(tokens.principal(rotated)).rejects.toThrow('does not have')
  expect(issuer.fetches).toBe(1)
  later(30_000)
  expect(await tokens.principal(rotated)).toMatchObject({ name: 'jwt:alice' })
  expect(issuer.fetches).toBe(2)
  await expect(tokens.principal(old)).rejects.toThrow('does not have')
  expect(issuer.fetches).toBe(2)
})

test('a token that was checked is not taken a moment longer than it says', async () => {
  const { issuer, tokens, sign, later } = start()
  const key = await createKey('first')
  issuer.keys = [key]
  const token = await sign(key, 10_000)
  await tokens.principal(token)
  later(9_999)
  expect(tokens.principal(token)).toMatchObject({ name: 'jwt:alice' })
  later(1)
  await expect(tokens.principal(token)).rejects.toThrow('has expired')
})

test('old keys are used while they are fetched again, and while the issuer is away', async () => {
  const { issuer, tokens, sign, later } = start()
  const key = await createKey('first')
  issuer.keys = [key]
  await tokens.principal(await sign(key))
  issuer.isAway = true
  later(600_001)
  expect(await tokens.principal(await sign(key, 7_000_000))).toMatchObject({ name: 'jwt:alice' })
  await tokens.prepare()
  expect([issuer.fetches, tokens.canCheck()]).toEqual([2, true])
  expect(tokens.problem()).toContain('503')
  issuer.isAway = false
  later(30_000)
  await tokens.prepare()
  expect([issuer.fetches, tokens.problem()]).toEqual([3, undefined])
})
