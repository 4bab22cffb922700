import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'

// The one module that is deployed to Cloudflare Workers: `npm run -s bundle:worker`, which wrangler runs too.

const ROOT = new URL('..', import.meta.url)
const ENTRY = fileURLToPath(new URL('src/platform/workers/worker.ts', ROOT))
const OUTPUT = fileURLToPath(new URL('dist/workers/worker.mjs', ROOT))

/** The text of one module with everything in it that `entry` needs, its weights too. */
export async function bundleWorker(entry = ENTRY): Promise<string> {
  const { output } = await build({
    input: entry,
    output: { format: 'esm', codeSplitting: false, minify: true },
    platform: 'browser',
    external: ['cloudflare:workers'],
    write: false,
    logLevel: 'silent',
  })
  return output[0].code
}

/** As Cloudflare counts a Worker: gzip. */
export function compressedBytes(code: string): number {
  return gzipSync(code).length
}

if (import.meta.main) {
  const code = await bundleWorker()
  mkdirSync(dirname(OUTPUT), { recursive: true })
  writeFileSync(OUTPUT, code)
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(2)} MB`
  console.log(`${OUTPUT}: ${megabytes(code.length)}, ${megabytes(compressedBytes(code))} compressed`)
}
