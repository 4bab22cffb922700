import { defineRouter } from '#core/router.ts'
import { createHeadsRouter, type Encoded, type Verdict } from '../heads/heads-router.ts'
import { createLinearEncoder } from '../heads/projected.ts'
import vocabulary from '../heads/vocab.json' with { type: 'json' }
import { staticSettings } from './settings.ts'
import { createTableReader } from './table-reader.ts'

const WARM_UP = 'Say: how many words, numbers (1, 2, 3) and signs does this sentence hold? '
const WARM_UP_RUNS = 60
// About three kilobytes each.
const KEPT_VERDICTS = 2_048

/** What `clusters` says, from a table of words instead of a transformer: no inference port, no waiting, any runtime. */
export default defineRouter({
  id: 'static',
  settings: staticSettings,
  runtimes: ['node', 'workers'],
  async open(_, { createStore, digest }) {
    // Megabytes of text: only for whoever opens this router.
    const { default: table } = await import('./weights/table.json', { with: { type: 'json' } })
    const read = createTableReader(table, vocabulary.words.split('\n'))
    const { project } = createLinearEncoder(table.projection, table.bias)
    const encode = (text: string): Encoded => {
      const { pooled, truncated } = read(text)
      return { projected: project(pooled), truncated }
    }
    // The compiler needs to have seen the loops; at a caller's cost they take ten times as long.
    for (let run = 0; run < WARM_UP_RUNS; run += 1) encode(WARM_UP.repeat(1 + (run % 12)))
    return createHeadsRouter({
      name: 'static@1',
      device: () => 'none',
      encode,
      store: createStore<Verdict>(KEPT_VERDICTS),
      digest,
    })
  },
})
