import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

const DATA = process.env['THALAMUS_DATA'] ?? '../shared/data'
/** Marked for training in the data's README; evaluation-only sources are in neither list. */
const TRAIN = ['ulab_llmrouter', 'mmlu_pro', 'zeroeval', 'bfcl', 'livecodebench']
const TEST = ['routerbench_subset', 'open_llm_leaderboard_v2']

type Prompt = { readonly key: string; readonly prompt: string }

function read(source: string): Prompt[] {
  const path = join(DATA, 'routing', source, 'prompts.jsonl.gz')
  if (!existsSync(path)) throw new Error(`${path} is not there: set THALAMUS_DATA.`)
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Prompt).filter(({ prompt }) => typeof prompt === 'string')
}

/** Prompts that people asked of models, in which no attack is; no question is in both lists. */
export function ordinaryPrompts(random: () => number, mostEach = 4_000, mostTest = 10_000) {
  const train = TRAIN.flatMap((source) => some(read(source), mostEach, random))
  const keys = new Set(TRAIN.flatMap((source) => read(source).map(({ key }) => key)))
  const test = some(
    TEST.flatMap(read).filter(({ key }) => !keys.has(key)),
    mostTest,
    random,
  )
  return { train: train.map(({ prompt }) => prompt), test: test.map(({ prompt }) => prompt) }
}

function some<Value>(list: Value[], most: number, random: () => number): Value[] {
  const shuffled = list.map((value) => [random(), value] as const).sort(([left], [right]) => left - right)
  return shuffled.slice(0, most).map(([, value]) => value)
}
