import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { configSchema } from '../src/config/config-schema.ts'

// Writes thalamus.schema.json, with which editors complete and check thalamus.yaml.
// `--check` writes nothing and fails when the file is stale.

const target = new URL('../thalamus.schema.json', import.meta.url)
const { $schema, ...schema } = z.toJSONSchema(configSchema, { target: 'draft-2020-12', io: 'input', reused: 'inline' })
const text = `${JSON.stringify({ $schema, title: 'thalamus.yaml', description: 'Configuration of Thalamus.', ...schema }, undefined, 2)}\n`

if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('thalamus.schema.json is stale. Run: npm run gen')
  process.exitCode = 1
}
