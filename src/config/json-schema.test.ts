import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import published from '../../thalamus.schema.json' with { type: 'json' }
import { readConfig } from './read-config.ts'
import { contractExample } from './test-contract-example.ts'

// What an editor would do with the published file.
const published2020: z.core.JSONSchema.JSONSchema = JSON.parse(JSON.stringify(published))
const editor = z.fromJSONSchema(published2020)
const accepts = (text: string): boolean => editor.safeParse(parse(text)).success

test('the published schema accepts the example of the public contract', () => {
  expect(editor.safeParse(parse(contractExample)).error).toBeUndefined()
})

test.each([
  ['port: 8787', 'prot: 8787'],
  ['key: env:THALAMUS_KEY_TEAM_A', 'key: a-literal-secret'],
  ['requests_per_minute', 'request_per_minute'],
  ['per: month', 'per: year'],
  ['base_url:', 'baseurl:'],
  ['params_b: 8', 'params: 8'],
  ['released: 2024-07-23', 'released: yesterday'],
  ['preset: best', 'presets: best'],
  ['device: auto', 'device: gpu'],
  ['prompts: false', 'prompts: sometimes'],
  ['policy:  balanced', 'policies: balanced'],
])('the published schema and the gateway refuse the example with "%s" as "%s"', (right, wrong) => {
  const text = contractExample.replace(right, wrong)
  expect(text).not.toBe(contractExample)
  expect(accepts(text)).toBe(false)
  expect(readConfig(text)).toHaveProperty('problems')
})

test('every key of the published schema says what it is for', () => {
  const bare: string[] = []
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    for (const [name, member] of Object.entries(schema)) {
      if (name === 'properties') {
        for (const [key, property] of Object.entries(member as Record<string, { description?: string }>)) {
          if (property.description === undefined) bare.push(`${path}.${key}`)
        }
      }
      visit(member, name === 'properties' ? path : `${path}.${name}`)
    }
  }
  visit(published, '')
  expect(bare).toEqual([])
})
