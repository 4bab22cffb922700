import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../.cache/live-local/', import.meta.url))

/** SmolLM2-135M-Instruct with 4 bits a weight. */
export const WEIGHTS = `${CACHE}SmolLM2-135M-Instruct.Q4_1.gguf`

/** Where node-llama-cpp and what it needs are installed. */
export const RUNTIME = `${CACHE}runtime/node_modules/`

/** False where what these tests need is not there: never in CI, and elsewhere only with the reason on the terminal. */
export const isPrepared = process.env['CI'] === 'true' || (existsSync(WEIGHTS) && existsSync(RUNTIME))

if (!isPrepared) {
  process.stderr.write('skipped: the small local model is not there; bash .ci/prepare-live-local brings it\n')
}
