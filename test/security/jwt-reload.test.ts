import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { chat, startProgram } from '../cli/program.ts'

test('rules from claims to a key’s limits hold for each caller, and an edit that takes tokens away lets in no new call', async () => {
  const simulator = await startSimulator({ port: 0 })
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one' }
  const issuerServer = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise<void>((resolve) => issuerServer.listen(0, '127.0.0.1', resolve))
  const address = issuerServer.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  const bearer = async (name: string, tier: string) => {
    const signed = new SignJWT({ tier }).setProtectedHeader({ alg: 'ES256', kid: 'one' })
    const token = await signed
      .setIssuer(issuer)
      .setAudience('thalamus')
      .setSubject(name)
      .setExpirationTime('5m')
      .sign(privateKey)
    return { authorization: `Bearer ${token}` }
  }
  const config = (jwt: string): string =>
    [
      `server: { keys: [{ name: small, key: env:SMALL, limits: { requests_per_minute: 2 } }]${jwt} }`,
      `providers: { up: { base_url: "${simulator.url}/v1" } }`,
      'models: [up/ok]',
    ].join('\n')
  const rules = `, jwt: { issuer: "${issuer}", audience: thalamus, jwks_url: "${issuer}/keys", rules: [{ match: { tier: free }, key: small }] }`
  const program = await startProgram(['serve', '--port', '0'], {
    config: config(rules),
    environment: { SMALL: 'small-secret' },
  })
  const ask = async (headers: Readonly<Record<string, string>>) =>
    (await chat(program.url, { model: 'up/ok' }, headers)).status

  const alice = await bearer('alice', 'free')
  const bob = await bearer('bob', 'free')
  expect([await ask(alice), await ask(alice), await ask(alice), await ask(bob)]).toEqual([200, 200, 429, 200])
  expect(await ask(await bearer('carol', 'gold'))).toBe(401)
  program.edit(config(''))
  await program.until(/"event":"config_reloaded"/)
  expect(await ask(bob)).toBe(401)
  const { stdout, stderr } = await program.stop()
  expect(stdout + stderr).not.toContain(alice.authorization.slice(7))
  issuerServer.closeAllConnections()
  issuerServer.close()
  await simulator.close()
})
