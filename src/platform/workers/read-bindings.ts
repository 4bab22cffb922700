import type { WorkerBindings } from './bindings.ts'

const NAME = 'thalamus.yaml'

/** The text of thalamus.yaml: the variable’s, else what the namespace has under that name. `undefined` where there is none. */
export async function configText({
  THALAMUS_CONFIG: given,
  THALAMUS_KV: values,
}: WorkerBindings): Promise<string | undefined> {
  if (typeof given === 'string') return given
  // A variable of wrangler.jsonc may be JSON itself, which is YAML.
  if (given !== undefined) return JSON.stringify(given)
  return (await values?.get(NAME, 'text')) ?? undefined
}
