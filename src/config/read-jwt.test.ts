import { expect, test } from 'vitest'
import type { Directives } from '../core/directives.ts'
import { openGuard } from '../guards/index.ts'
import type { Problem } from './problem.ts'
import { readConfig } from './read-config.ts'
import { readJwt } from './read-jwt.ts'
import { readKeys } from './read-keys.ts'

const secrets = {
  read: (reference: string) => (reference === 'env:TOKEN' ? 'eyJhbGciOiJub25lIn0.e30.' : `secret of ${reference}`),
}
const readRouting = (): Directives => ({ region: 'eu' }) as Directives

async function read(server: string) {
  const parsed = readConfig(`server: { ${server} }`)
  if ('problems' in parsed) return { jwt: undefined, problems: parsed.problems }
  const problems: Problem[] = []
  const say = (path: string, problem: string, remedy: string): void => void problems.push({ path, problem, remedy })
  const sources = { secrets, readRouting, openGuard }
  const keys = await readKeys(parsed.config, sources, say)
  return { jwt: readJwt(parsed.config, keys, sources, say), problems }
}

const ISSUER = 'issuer: "https://login.example.com", audience: thalamus'

test('a rule takes what its key may do, without the key', async () => {
  const { jwt, problems } = await read(
    `keys: [{ name: gold, key: env:GOLD, routing: { region: eu }, sensitive: true }], jwt: { ${ISSUER}, rules: [{ match: { tier: gold, team: [a, b] }, key: gold }, { match: {} }] }`,
  )
  expect(problems).toEqual([])
  expect(jwt?.rules[0]).toEqual({
    match: new Map([
      ['tier', ['gold']],
      ['team', ['a', 'b']],
    ]),
    grant: expect.objectContaining({ routing: { region: 'eu' }, promptFlags: 'off', isSensitive: true }),
    label: 'gold',
  })
  expect(jwt?.rules[0]?.grant).not.toHaveProperty('sha256')
  expect(jwt).toMatchObject({ audiences: ['thalamus'], algorithms: ['RS256', 'ES256', 'EdDSA'], nameClaim: 'sub' })
})

test.each([
  [`jwt: { ${ISSUER.replace('https', 'http')} }`, 'server.jwt.issuer', 'plain http'],
  [`jwt: { ${ISSUER}, jwks_url: "http://login.example.com/keys" }`, 'server.jwt.jwks_url', 'plain http'],
  [`jwt: { ${ISSUER}, algorithms: [HS256] }`, 'server.jwt.algorithms[0]', ''],
  [`jwt: { ${ISSUER}, algorithms: [none] }`, 'server.jwt.algorithms[0]', ''],
  ['jwt: { issuer: "https://login.example.com" }', 'server.jwt.audience', ''],
  [
    `keys: [{ name: gold, key: env:GOLD }], jwt: { ${ISSUER}, rules: [{ match: {}, key: golf }] }`,
    'server.jwt.rules[0].key',
    'no key "golf"',
  ],
  [
    `keys: [{ name: gold, key: env:GOLD }], jwt: { ${ISSUER}, rules: [{ match: {}, key: gold, routing: { region: eu } }] }`,
    'server.jwt.rules[0]',
    'or says it itself',
  ],
  ...['cache: off', 'sensitive: true', 'prompt_flags: soft', 'guards: [{ use: pii }]'].map((written) => [
    `keys: [{ name: gold, key: env:GOLD }], jwt: { ${ISSUER}, rules: [{ match: {}, key: gold, ${written} }] }`,
    'server.jwt.rules[0]',
    'or says it itself',
  ]),
  [`keys: [{ name: "jwt:root", key: env:A }], jwt: { ${ISSUER} }`, 'server.keys[0].name', 'those of tokens'],
  [`keys: [{ name: a, key: env:TOKEN }], jwt: { ${ISSUER} }`, 'server.keys[0].key', 'looks like a token'],
])('%s is refused at %s', async (server, path, words) => {
  const { problems } = await read(server)
  expect(problems.map((one) => one.path)).toEqual([path])
  expect(problems[0]?.problem).toContain(words)
})

test('an issuer on this machine may speak plain http', async () => {
  const { problems } = await read('jwt: { issuer: "http://127.0.0.1:8080/realm", audience: thalamus }')
  expect(problems).toEqual([])
})
