import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { routingSchema } from './routing-schema.ts'

// Writes policies/routing.schema.json, the JSON Schema of the body's `routing` object.
// `--check` writes nothing and fails when the file is stale.

const target = new URL('../policies/routing.schema.json', import.meta.url)
const text = `${JSON.stringify(routingSchema(), undefined, 1)}\n`

if (!process.argv.includes('--check')) writeFileSync(target, text)
else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  console.error('policies/routing.schema.json is stale. Run: npm run gen')
  process.exitCode = 1
}
