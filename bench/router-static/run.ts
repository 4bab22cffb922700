import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import vocabulary from '../../routers/heads/vocab.json' with { type: 'json' }
import staticRouter from '../../routers/static/index.ts'
import { createTableReader, type Table } from '../../routers/static/table-reader.ts'
import { createWordPiece } from '../../src/core/word-piece.ts'
import { digest } from '../../src/platform/node/ports.ts'
import { signals, target } from '../../test/contract/one-turn.ts'

// What one decision of `static` costs: opening it, then tokenising and summing alone and the whole prediction by length of prompt.
// Every prompt is another one and nothing is kept, so neither the verdict cache nor a text in the CPU's caches helps.

const { values } = parseArgs({ options: { 'no-write': { type: 'boolean', default: false } } })
const SIZES = [16, 64, 256]
const TEXTS = 1_500
const ROUNDS = 5
const data = process.env['THALAMUS_DATA'] ?? new URL('../../../shared/data', import.meta.url).pathname
const words = vocabulary.words.split('\n')

const before = performance.now()
const table: Table = JSON.parse(
  readFileSync(new URL('../../routers/static/weights/table.json', import.meta.url), 'utf8'),
)
const parsed = performance.now()
const read = createTableReader(table, words)
const decoded = performance.now()
const router = await staticRouter.open(
  {},
  { inference: undefined, createStore: () => ({ get: () => undefined, set: () => undefined }), digest },
)
const opened = performance.now()

const candidates = [
  'openai/gpt-5-mini',
  'openai/gpt-5.2',
  'openai/gpt-4o-mini',
  'anthropic/claude-haiku-4-5',
  'anthropic/claude-opus-4-6',
  'google/gemini-2.5-flash',
  'deepseek/deepseek-chat',
  'groq/llama-3.1-8b-instant',
].map((id) => target(id))
const { signal } = new AbortController()

const sizes = SIZES.map((tokens) => {
  const texts = textsOf(tokens)
  return {
    tokens,
    texts: texts.length,
    read_ms: spread(texts, read),
    predict_ms: spread(texts, (text) => router.predict({ signals: signals(text), candidates, signal })),
  }
})
const report = {
  date: new Date().toISOString(),
  command: 'node bench/router-static/run.ts',
  commit: git('rev-parse', '--short', 'HEAD'),
  dirty: git('status', '--porcelain') !== '',
  machine: cpus()[0]?.model,
  load_average: loadavg().map((value) => Number(value.toFixed(2))),
  node: process.version,
  candidates: candidates.length,
  open_ms: {
    parse: rounded(parsed - before),
    decode: rounded(decoded - parsed),
    router_with_import_and_warm_up: rounded(opened - decoded),
  },
  sizes,
}
console.log(JSON.stringify(report, null, 2))
if (!values['no-write']) {
  const url = new URL(`../results/${report.date.slice(0, 10)}-router-static.json`, import.meta.url)
  writeFileSync(url, `${JSON.stringify(report, null, 2)}\n`)
}

/** Texts of the wished number of tokens, `[CLS]` and `[SEP]` included, cut from real prompts. */
function textsOf(tokens: number): string[] {
  const limits = { maxTokens: 100_000, headTokens: 50_000, maxUnits: 1e6, headUnits: 5e5 }
  const tokenizer = createWordPiece(words, limits)
  const file = readFileSync(`${data}/routing/mmlu_pro/prompts.jsonl.gz`)
  const all = gunzipSync(file)
    .toString()
    .trim()
    .split('\n')
    .flatMap((line) => String(JSON.parse(line).prompt).split(/(?<=\s)/))
  const texts: string[] = []
  for (let at = 0; texts.length < TEXTS && at < all.length - tokens; ) {
    let count = 0
    let to = at
    while (count < tokens - 2 && to < all.length) {
      count += tokenizer.encode(all[to] ?? '').ids.length - 2
      to += 1
    }
    if (count === tokens - 2) texts.push(all.slice(at, to).join(''))
    at = to
  }
  return texts
}

function spread(
  texts: readonly string[],
  run: (text: string) => unknown,
): { p10: number; p50: number; p90: number; p99: number } {
  const took: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const text of texts) {
      const startedAt = performance.now()
      run(text)
      // The first round warms up.
      if (round > 0) took.push(performance.now() - startedAt)
    }
  }
  took.sort((left, right) => left - right)
  const at = (share: number) => Number((took[Math.floor(share * took.length)] ?? Number.NaN).toFixed(4))
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}

function rounded(milliseconds: number): number {
  return Number(milliseconds.toFixed(1))
}

function git(...given: string[]): string {
  return execFileSync('git', given, { encoding: 'utf8' }).trim()
}
