// How long the worst texts take that anybody could make a model write: `node bench/dialects/hostile.ts [--only ID]
// [--probe KiB] [--worst N]`. Every text is read at a small length first; those that cost most a unit again at 128 KiB,
// 256 KiB and 1 MiB.
import { parseArgs } from 'node:util'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { DIALECTS } from '../../src/dialects/index.ts'
import { createTextReader } from '../../src/dialects/read-text.ts'
import { createSniffer, SNIFF } from '../../src/dialects/sniff.ts'
import type { HostileText } from '../../test/dialects/hostile-texts.ts'
import { HOSTILE_TOOLS, hostile, hostileTexts } from '../../test/dialects/hostile-texts.ts'

const { only, probe, worst } = parseArgs({
  options: {
    only: { type: 'string' },
    probe: { type: 'string', default: '32' },
    worst: { type: 'string', default: '3' },
  },
}).values

const KIB = 1024
const DELTA = 32 * KIB
const LENGTHS = [128 * KIB, 256 * KIB, 1024 * KIB]
const GIVE_UP_MS = 20_000

/** Milliseconds that this thread has computed: others may share the machine. */
function now(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

type Cost = { readonly ms: number; readonly longestMs: number }

/** In deltas of 32 KiB. */
function cost(dialect: Dialect, text: string): Cost {
  const reader = createTextReader(dialect, { tools: HOSTILE_TOOLS })
  const startedAt = now()
  let longestMs = 0
  for (let at = 0; at <= text.length; at += DELTA) {
    const before = now()
    if (at + DELTA <= text.length) reader.push(text.slice(at, at + DELTA))
    else {
      reader.push(text.slice(at))
      reader.end()
    }
    longestMs = Math.max(longestMs, now() - before)
    if (now() - startedAt > GIVE_UP_MS) break
  }
  return { ms: now() - startedAt, longestMs }
}

const dialects = new Map<string, () => Dialect>([...DIALECTS].map(([id, dialect]) => [id, () => dialect]))
dialects.set(SNIFF, () => createSniffer(DIALECTS))

function textsOf(id: string): HostileText[] {
  if (id !== SNIFF) return hostileTexts(DIALECTS.get(id) ?? createSniffer(DIALECTS))
  return [...DIALECTS.values()].flatMap((dialect) => hostileTexts(dialect).filter((_text, index) => index % 5 === 0))
}

console.log(`${'dialect'.padEnd(20)} texts   128K ms    256K ms     1M ms   ms of the longest 32 KiB delta, text`)
for (const [id, dialect] of dialects) {
  if (only !== undefined && !only.split(',').includes(id)) continue
  const texts = textsOf(id)
  const probed = texts.map((text) => ({ text, ms: cost(dialect(), hostile(text, Number(probe) * KIB)).ms }))
  const slowest = probed.sort((a, b) => b.ms - a.ms).slice(0, Number(worst))
  for (const { text } of slowest) {
    const costs = LENGTHS.map((length) => cost(dialect(), hostile(text, length)))
    const longest = Math.max(...costs.map(({ longestMs }) => longestMs))
    console.log(
      id.padEnd(20),
      String(texts.length).padStart(5),
      ...costs.map(({ ms }) => ms.toFixed(0).padStart(9)),
      longest.toFixed(0).padStart(6),
      ` ${JSON.stringify([text.head, text.part, text.tail]).slice(0, 150)}`,
    )
  }
}
