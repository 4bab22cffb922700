import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { routers } from '../../routers/index.ts'
import { builtInPolicies } from '../directives/built-in-policies.ts'
import { fromBody } from '../directives/from-body.ts'
import { overlay } from '../directives/merge.ts'
import { openGuard } from '../guards/index.ts'
import { providers } from '../providers/index.ts'
import { buildSnapshot } from './build-snapshot.ts'
import { readConfig } from './read-config.ts'

// Keys that cannot work are said at the start, and not by the first call; and never quoted.

const BASE_URLS: Readonly<Record<string, string>> = {
  'google-vertex': 'https://aiplatform.googleapis.com/v1',
  'aws-bedrock': 'https://bedrock-runtime.us-east-1.amazonaws.com',
}

async function problemsWith(provider: string, key: string): Promise<string[]> {
  const url = BASE_URLS[provider] ?? ''
  const read = readConfig(
    `providers: { ${provider}: { base_url: "${url}", key: "env:K" } }\nmodels: [${provider}/m]\nrouter: { use: uniform }`,
  )
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const built = await buildSnapshot(read.config, {
    providers,
    policies: builtInPolicies,
    routers: [...routers.keys()],
    openGuard,
    readRouting: (routing) => fromBody(routing),
    isFlag: () => false,
    overlay,
    secrets: { read: () => key },
  })
  return 'snapshot' in built ? [] : built.problems.map(({ path, problem, remedy }) => `${path}: ${problem}. ${remedy}`)
}

const pem = String(
  generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
)
const account = { type: 'service_account', client_email: 'a@p.iam.gserviceaccount.com', private_key: pem }
// AWS's own example. https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds-programmatic-access.html
const id = 'AKIAIOSFODNN7EXAMPLE'
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

test.each([
  ['google-vertex', JSON.stringify(account)],
  ['google-vertex', 'ya29.token'],
  ['google-vertex', 'AQ.express-mode-key'],
  ['aws-bedrock', `${id}:${secret}`],
  ['aws-bedrock', `ASIAIOSFODNN7EXAMPLE:${secret}:token`],
  ['aws-bedrock', 'ABSKQmVkcm9ja0FQSUtleS1hYmNk'],
])('%s takes a key of each kind', async (provider, key) => {
  expect(await problemsWith(provider, key)).toEqual([])
})

test.each([
  ['google-vertex', '{"client_email": broken', /begins like a service account and is no JSON/],
  ['google-vertex', '{}', /without client_email/],
  ['google-vertex', JSON.stringify({ ...account, private_key: undefined }), /without private_key/],
  ['google-vertex', JSON.stringify({ ...account, private_key: pem.slice(0, 400) }), /no PKCS #8 key in PEM/],
  ['google-vertex', JSON.stringify({ ...account, token_uri: 'there' }), /token_uri that is no URL/],
  ['aws-bedrock', `${id}:`, /access key without its secret/],
  ['aws-bedrock', id, /access key without its secret/],
  ['aws-bedrock', `:${secret}`, /no access key id before it/],
  ['aws-bedrock', `${id}:${secret}:token:more`, /more than three parts/],
  ['aws-bedrock', `ASIAIOSFODNN7EXAMPLE:${secret}`, /temporary access key without its session token/],
])('%s: %s is refused', async (provider, key, problem) => {
  const said = await problemsWith(provider, key)
  expect(said).toEqual([expect.stringMatching(problem)])
  expect(said[0]).toMatch(new RegExp(`^providers\\.${provider}\\.key: `))
  expect(said[0]).not.toContain(secret)
  expect(said[0]).not.toContain(id)
})

test('Vertex AI without its place says what one looks like', async () => {
  const read = readConfig('providers: { google-vertex: { key: env:K } }\nmodels: [google-vertex/m]')
  if ('problems' in read) throw new Error(JSON.stringify(read.problems))
  const built = await buildSnapshot(read.config, {
    providers,
    policies: builtInPolicies,
    routers: [...routers.keys()],
    openGuard,
    readRouting: (routing) => fromBody(routing),
    isFlag: () => false,
    overlay,
    secrets: { read: () => 'k' },
  })
  expect(JSON.stringify(built)).toContain('-aiplatform.googleapis.com/v1/projects/PROJECT/locations/')
})
