import { createLinearEncoder } from '../../routers/heads/projected.ts'
import vocabulary from '../../routers/heads/vocab.json' with { type: 'json' }
import { routers } from '../../routers/index.ts'
import { createTableReader } from '../../routers/static/table-reader.ts'
import table from '../../routers/static/weights/table.json' with { type: 'json' }
import { signals, target } from '../contract/one-turn.ts'

/** What `static` makes of one text, every float as its bits. */
export type Fingerprint = { readonly embedding: string; readonly predictions: string; readonly evidence: unknown }

/** Runs the router itself, from the list of all routers, with nothing that only one runtime has. */
export async function fingerprints(texts: readonly string[]): Promise<Fingerprint[]> {
  const read = createTableReader(table, vocabulary.words.split('\n'))
  const { embed } = createLinearEncoder(table.projection, table.bias)
  const definition = routers.get('static')
  if (definition === undefined) throw new Error('There is no router "static".')
  const kept = new Map<string, unknown>()
  const router = await definition.open(definition.settings.parse({}), {
    inference: undefined,
    createStore: <Value>() => ({
      get: (key: string) => kept.get(key) as Value | undefined,
      set: (key: string, value: Value) => void kept.set(key, value),
    }),
    digest: (text) => text,
  })
  const { signal } = new AbortController()
  const prints: Fingerprint[] = []
  for (const text of texts) {
    const { predictions, evidence } = await router.predict({ signals: signals(text), candidates: POOL, signal })
    const numbers = predictions.flatMap(({ quality, uncertainty, outputTokens }) => [
      quality,
      uncertainty,
      outputTokens ?? Number.NaN,
    ])
    prints.push({
      embedding: bits(embed(read(text).pooled)),
      predictions: bits(Float64Array.from(numbers)),
      evidence,
    })
  }
  return prints
}

function bits(values: Float32Array | Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

const POOL = [
  target('openai/gpt-5-mini', { reasoning: true }),
  target('anthropic/claude-haiku-4-5'),
  target('deepseek/deepseek-chat'),
  target('acme/nobody-measured-this', { price_out: 3.3, released: '2026-05-01' }),
]
