import { expect, test } from 'vitest'
import { problemsOf, snapshotOf } from '../config/build.ts'

async function allowsPrivate(provider: string): Promise<boolean | undefined> {
  const name = provider.slice(0, provider.indexOf(':'))
  const { providers } = await snapshotOf(`providers: { ${provider} }\nmodels: [${name}/m]\n`)
  return [...providers.values()][0]?.reach?.allowsPrivate
}

test.each([
  ['openai: { key: env:OPENAI_API_KEY }', false],
  ['mine: { type: openai, key: env:OPENAI_API_KEY, base_url: "https://api.openai.com/v1" }', false],
  ['mine: { type: openai, key: env:OPENAI_API_KEY, base_url: "https://API.OpenAI.com./v1" }', false],
  ['openai: { key: env:OPENAI_API_KEY, allow_private: true }', true],
  ['gpu: { base_url: "http://gpu-1:8000/v1" }', true],
  ['ollama: { base_url: "http://ollama:11434" }', true],
  ['azure-openai: { key: env:OPENAI_API_KEY, base_url: "https://mine.openai.azure.com/openai/v1" }', true],
  ['gpu: { base_url: "https://models.example.com/v1", allow_private: false }', false],
])('T-70 whether %s may be in a private network: %s', async (provider, expected) => {
  expect(await allowsPrivate(provider)).toBe(expected)
})

test('what shares an address is reached in one way', async () => {
  expect(
    await problemsOf(
      'providers: { a: { base_url: "https://x.example/v1" }, b: { base_url: "https://x.example/v2", allow_private: false } }\nmodels: [a/m]',
    ),
  ).toEqual([
    'providers.b: at the address of providers.a, with another tls or allow_private. Give both the same, or another host name to one of them.',
  ])
})

test.each([
  [
    'a: { base_url: "http://x.example/v1", tls: { server_name: y } }',
    'providers.a.tls: used with http only. Write base_url with https://.',
  ],
  [
    'a: { base_url: "https://x.example/v1", tls: { ca: env:TEAM_A } }',
    'providers.a.tls.ca: env:TEAM_A holds no PEM. Give a file that begins with -----BEGIN …-----.',
  ],
])('%s is refused', async (provider, problem) => {
  expect(await problemsOf(`providers: { ${provider} }\nmodels: [a/m]`)).toEqual([problem])
})
