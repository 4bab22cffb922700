// What a reader takes for a delta of 4 characters: `node bench/dialects/run.ts [--rounds N]`. Prose, and calls as each
// dialect writes them; beside a baseline that looks for one mark and parses one small JSON a delta.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { createTextReader } from '../../src/dialects/read-text.ts'
import { createSniffer, SNIFF } from '../../src/dialects/sniff.ts'
import { writeCalls } from '../../src/dialects/write/index.ts'
import { HOSTILE_TOOLS } from '../../test/dialects/hostile-texts.ts'
import { origin } from '../origin.ts'

const { rounds } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } }).values
const ROUNDS = Number(rounds)
const WARM_UP = 5
const DELTA = 4
const PROSE =
  'The weather in Paris is mild today; see `config.yaml` for what "mild" means. It may rain (a little) at 5 < t < 9.\n'
const PROSE_COUNT = 40
const CALLS = Array.from({ length: 12 }, (_one, index) => ({
  id: `call${String(index).padStart(5, '0')}`,
  name: 'get_weather',
  argumentsText: '{"city": "Paris, the one in France and not in Texas", "days": 2}',
}))

function deltasOf(text: string): string[] {
  return Array.from({ length: Math.ceil(text.length / DELTA) }, (_one, index) =>
    text.slice(index * DELTA, (index + 1) * DELTA),
  )
}

type Time = { readonly median_us: number; readonly mean_us: number }

/** Microseconds a delta: the median of all deltas, and the mean of the median round, in which whole calls are read too. */
function measure(deltas: readonly string[], start: () => (delta: string) => unknown): Time {
  const means: number[] = []
  const single: number[] = []
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    const read = start()
    const startedAt = performance.now()
    for (const delta of deltas) read(delta)
    if (round >= WARM_UP) means.push(((performance.now() - startedAt) * 1000) / deltas.length)
  }
  for (let round = 0; round < WARM_UP; round += 1) {
    const read = start()
    for (const delta of deltas) {
      const startedAt = process.hrtime.bigint()
      read(delta)
      single.push(Number(process.hrtime.bigint() - startedAt) / 1000)
    }
  }
  return { median_us: median(single), mean_us: median(means) }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

function reading(dialect: () => Dialect) {
  return () => {
    const reader = createTextReader(dialect(), { tools: HOSTILE_TOOLS })
    return (delta: string) => reader.push(delta)
  }
}

const prose = deltasOf(PROSE.repeat(PROSE_COUNT))
const baseline = measure(prose, () => (delta) => [delta.indexOf('<tool_call>'), JSON.parse(`{"a":1}`)])
const dialects: readonly (readonly [string, () => Dialect])[] = [
  ...[...DIALECTS].map(([id, dialect]) => [id, () => dialect] as const),
  [SNIFF, () => createSniffer(DIALECTS)],
]
const results = dialects.map(([id, dialect]) => ({
  dialect: id,
  prose: measure(prose, reading(dialect)),
  calls: measure(deltasOf(writeCalls(id, CALLS, { tools: HOSTILE_TOOLS })), reading(dialect)),
}))
console.log(`Microseconds a delta of ${DELTA} characters, median and mean; baseline ${baseline.median_us.toFixed(2)}`)
console.log(`${'dialect'.padEnd(20)}          prose           calls`)
for (const { dialect, prose: inProse, calls: inCalls } of results) {
  const figures = [inProse.median_us, inProse.mean_us, inCalls.median_us, inCalls.mean_us]
  console.log(dialect.padEnd(20), ...figures.map((figure) => figure.toFixed(2).padStart(7)))
}
mkdirSync(join(import.meta.dirname, '../results'), { recursive: true })
writeFileSync(
  join(import.meta.dirname, '../results', `${new Date().toISOString().slice(0, 10)}-dialects.json`),
  `${JSON.stringify({ ...origin('bench/dialects/run.ts'), rounds: ROUNDS, baseline, results }, undefined, 2)}\n`,
)
