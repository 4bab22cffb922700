// How often the semantic cache is right and wrong on questions made from real ones. docs/caching.md
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import clusters from '../../routers/clusters/index.ts'
import { anchorsOf, substanceOf } from '../../src/cache/alike.ts'
import { packVector } from '../../src/cache/neighbours.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { origin } from '../origin.ts'
import { generator } from '../route/pool.ts'
import type { Pair } from './pairs.ts'
import { nearMisses, paraphrases } from './pairs.ts'

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['THALAMUS_DATA'] ?? '../shared/data' },
    json: { type: 'string' },
  },
})

const SOURCES = ['ulab_llmrouter', 'bfcl', 'routerbench_subset', 'zeroeval']
const DATASETS =
  /^(?:ulab\/(?:natural_qa|trivia_qa|mbpp|commonsense_qa|openbook_qa|arc_challenge|gsm8k)|routerbench\/winogrande|bfcl_v1\/(?:simple|relevance|multiple)|gsm8k)$/
const MOST_UNITS = 220
const EVERY = 3
const THRESHOLDS = [0.85, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995]
const CHOICES = /\nPrint only[\s\S]*/

type Judged = Pair & { readonly likeness: number; readonly sameWords: boolean; readonly sameAnchors: boolean }
type Method = { readonly id: string; accepts(pair: Judged, threshold: number): boolean }

const METHODS: readonly Method[] = [
  { id: 'words', accepts: ({ sameWords }) => sameWords },
  { id: 'meaning', accepts: ({ likeness, sameAnchors }, threshold) => sameAnchors && likeness >= threshold },
  { id: 'cosine alone', accepts: ({ likeness }, threshold) => likeness >= threshold },
]

const inference = createInference({ log: () => {} })
const ports = { inference, createStore, digest }
const router = await clusters.open(clusters.settings.parse({ device: 'cpu' }), ports)
const vectors = new Map<string, readonly number[]>()

const byDataset = Map.groupBy(readQuestions(), ({ dataset }) => dataset)
const draw = generator(1)
const alike: Judged[] = []
const different: Judged[] = []
let questions = 0
for (const rows of byDataset.values()) {
  const texts = rows.map(({ text }) => text)
  for (const [at, text] of texts.entries()) {
    if (at % EVERY !== 0) continue
    questions += 1
    for (const pair of paraphrases(text)) alike.push(await judged(pair))
    for (const pair of nearMisses(text, texts, draw)) different.push(await judged(pair))
  }
}
const real = await nearestReal([...byDataset.values()].flat().map(({ text }) => text))
await inference.close()

const rows = METHODS.flatMap((method) =>
  (method.id === 'words' ? [0] : THRESHOLDS).map((threshold) => ({
    match: method.id,
    threshold: method.id === 'words' ? null : threshold,
    hits: share(alike, method, threshold),
    false_hits: share(different, method, threshold),
    real_pairs: real.filter((pair) => method.accepts(pair, threshold)).length,
    hits_by_kind: byKind(alike, method, threshold),
    false_hits_by_kind: byKind(different, method, threshold),
  })),
)
process.stdout.write(`${questions} questions, ${alike.length} paraphrases, ${different.length} near misses\n`)
for (const { match, threshold, hits, false_hits, real_pairs } of rows) {
  const name = `${match} ${threshold ?? ''}`.padEnd(20)
  process.stdout.write(`${name} hits ${percent(hits)}  false hits ${percent(false_hits)}  real pairs ${real_pairs}\n`)
}
if (options.json !== undefined) {
  const sizes = { questions, paraphrases: alike.length, near_misses: different.length }
  writeFileSync(options.json, `${JSON.stringify({ ...origin('bench/cache/run.ts'), ...sizes, rows }, undefined, 2)}\n`)
}

function readQuestions(): { readonly dataset: string; readonly text: string }[] {
  const seen = new Set<string>()
  return SOURCES.flatMap((source) => {
    const file = readFileSync(`${options.data}/routing/${source}/prompts.jsonl.gz`)
    return gunzipSync(file)
      .toString()
      .trim()
      .split('\n')
      .flatMap((line) => {
        const { dataset, prompt } = JSON.parse(line)
        if (!DATASETS.test(dataset) || prompt.length >= MOST_UNITS || seen.has(prompt)) return []
        seen.add(prompt)
        return [{ dataset, text: prompt.replace(CHOICES, '').trim() }]
      })
  })
}

async function judged(pair: Pair): Promise<Judged> {
  const likeness = likenessOf(await vectorOf(pair.one), await vectorOf(pair.other))
  return { ...pair, likeness, sameWords: agree(substanceOf, pair), sameAnchors: agree(anchorsOf, pair) }
}

function agree(of: (text: string) => string | undefined, { one, other }: Pair): boolean {
  const said = of(one)
  return said !== undefined && said === of(other)
}

/** Of the real questions, those pairs that are near each other at all. */
async function nearestReal(texts: readonly string[]): Promise<Judged[]> {
  const found: Judged[] = []
  const packed: (readonly number[])[] = []
  for (const text of texts) packed.push(await vectorOf(text))
  const [least = 0] = THRESHOLDS
  for (const [at, one] of texts.entries()) {
    for (let before = 0; before < at; before += 1) {
      const likeness = likenessOf(packed[at] ?? [], packed[before] ?? [])
      if (likeness >= least) found.push(await judged({ kind: 'real', one, other: texts[before] ?? '' }))
    }
  }
  return found
}

async function vectorOf(text: string): Promise<readonly number[]> {
  const known = vectors.get(text)
  if (known !== undefined) return known
  const embedding = await router.embed?.(text, new AbortController().signal)
  if (embedding === undefined) throw new Error('The router has no encoder.')
  const packed = packVector(embedding.vector)
  vectors.set(text, packed)
  return packed
}

function likenessOf(one: readonly number[], other: readonly number[]): number {
  let [product, left, right] = [0, 0, 0]
  for (const [at, a] of one.entries()) {
    const b = other[at] ?? 0
    product += a * b
    left += a * a
    right += b * b
  }
  return product / Math.sqrt(left * right)
}

function share(pairs: readonly Judged[], method: Method, threshold: number): number {
  return pairs.filter((pair) => method.accepts(pair, threshold)).length / pairs.length
}

function byKind(pairs: readonly Judged[], method: Method, threshold: number): Record<string, number> {
  const kinds = Map.groupBy(pairs, ({ kind }) => kind)
  return Object.fromEntries([...kinds].map(([kind, of]) => [kind, Number(share(of, method, threshold).toFixed(4))]))
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`.padStart(8)
}
