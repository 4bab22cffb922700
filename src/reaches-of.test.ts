import { expect, test } from 'vitest'
import { reachesOf } from './reaches-of.ts'

test('the issuer of tokens may be in a network of one’s own, as its operator wrote it', () => {
  const jwt = { issuer: 'http://keycloak:8080/realms/a', jwksUrl: 'https://keys.internal/a', audience: [], rules: [] }
  expect([...reachesOf({ providers: new Map(), jwt: jwt as never })]).toEqual([
    ['http://keycloak:8080', { allowsPrivate: true }],
    ['https://keys.internal', { allowsPrivate: true }],
  ])
  expect(reachesOf({ providers: new Map() }).size).toBe(0)
})
