import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { routers } from '../../routers/index.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { describeRouter } from './describe-router.ts'

const inference = createInference()
afterAll(() => inference.close())

for (const definition of routers.values()) describeRouter(definition, () => inference)

describe('router cards', () => {
  for (const id of routers.keys()) {
    const folder = new URL(`../../routers/${id}/`, import.meta.url)
    const card: { id: string; license: string; artefacts: { file: string; bytes: number; sha256: string }[] } =
      JSON.parse(readFileSync(new URL('card.json', folder), 'utf8'))

    test(`${id}: the card names the router, its licence and its artefacts as they are`, () => {
      expect(card.id).toBe(id)
      expect(card.license).toBe('Apache-2.0')
      for (const { file, bytes, sha256 } of card.artefacts) {
        const content = readFileSync(new URL(file, folder))
        expect([file, content.length]).toEqual([file, bytes])
        expect([file, createHash('sha256').update(content).digest('hex')]).toEqual([file, sha256])
      }
    })
  }
})
