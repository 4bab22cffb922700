import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { parse } from 'yaml'

// Compiles policies/flags.yaml and policies/presets/*/policy.yaml into JSON, so that nothing reads files at run time.
// `--check` writes nothing and fails when a file is stale.

const policies = new URL('../policies/', import.meta.url)
const read = (path: string): unknown => parse(readFileSync(new URL(path, policies), 'utf8'))
const isCheck = process.argv.includes('--check')

function write(path: string, value: unknown): void {
  const target = new URL(path, policies)
  const text = `${JSON.stringify(value, undefined, 1)}\n`
  if (!isCheck) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`policies/${path} is stale. Run: npm run gen`)
    process.exitCode = 1
  }
}

write('flags.generated.json', (read('flags.yaml') as { flags: unknown }).flags)
write(
  'presets.generated.json',
  readdirSync(new URL('presets/', policies))
    .sort()
    .map((name) => {
      const policy = read(`presets/${name}/policy.yaml`) as Record<string, unknown>
      return {
        name,
        description: policy['description'],
        fixedOrder: policy['fixed_order'],
        directives: policy['routing'],
      }
    }),
)
