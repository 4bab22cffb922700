import { expect, test } from 'vitest'
import { snapshotOf } from '../../test/config/build.ts'

test('embedding models of configured providers are known without being listed, under the name the provider has here', async () => {
  const snapshot = await snapshotOf(
    'providers: { work: { type: openai, key: env:OPENAI_API_KEY } }\nmodels: [work/gpt-5-mini]\naliases: { embed: work/text-embedding-3-small }',
  )
  expect([...snapshot.targets.keys()]).toEqual(['work/gpt-5-mini'])
  expect(snapshot.embeddings?.get('work/text-embedding-3-small')).toMatchObject({
    price_in: 0.02,
    modalities_out: ['embedding'],
  })
  expect(snapshot.aliases.get('embed')).toBe('work/text-embedding-3-small')
})

test('the embedded simulator stands in for every embedding model, by its provider’s name', async () => {
  const snapshot = await snapshotOf(
    'providers: { simulated: { base_url: "http://127.0.0.1:9/v1" } }\nmodels: [simulated/openai/gpt-5-mini]',
  )
  expect(snapshot.embeddings?.get('simulated/openai/text-embedding-3-small')).toMatchObject({ price_in: 0.02 })
  expect(snapshot.embeddings?.get('simulated/cohere/embed-v4.0')).toMatchObject({ price_in: 0.12 })
})

test('a listed embedding model has the catalogue’s facts, and the configuration’s over them', async () => {
  const snapshot = await snapshotOf(
    'providers: { openai: { key: env:OPENAI_API_KEY } }\nmodels: [{ id: openai/text-embedding-3-large, facts: { price_in: 0.1 } }]',
  )
  expect(snapshot.targets.get('openai/text-embedding-3-large')?.facts).toMatchObject({
    price_in: 0.1,
    modalities_out: ['embedding'],
  })
})
