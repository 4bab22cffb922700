import { join } from 'node:path'
import heads from '../routers/heads/heads.json' with { type: 'json' }
import { metadataProfile } from '../routers/heads/metadata-prior.ts'
import { type GradedReading, onboard } from '../routers/heads/onboard.ts'
import { predict } from '../routers/heads/predict.ts'
import { projectEmbedding } from '../routers/heads/projected.ts'
import type { Reading } from '../routers/heads/reading.ts'
import { readPrompt } from '../routers/heads/reading.ts'
import { textFeatures } from '../routers/heads/text-features.ts'
import vocabulary from '../routers/heads/vocab.json' with { type: 'json' }
import { classify } from '../src/classify/classify.ts'
import { createWordPiece } from '../src/core/word-piece.ts'
import { hash } from '../src/eval/hash.ts'
import type { Outcomes } from '../src/eval/outcomes.ts'
import { commonPart, pickPrompts } from '../src/eval/outcomes.ts'
import { pickProbes } from '../src/eval/split.ts'
import { createInference } from '../src/platform/node/inference-onnx.ts'
import { readOutcomes } from '../src/platform/node/read-outcomes.ts'
import { openaiChat } from '../src/wire/openai-chat/index.ts'

// How sure to be of what is known of a model before it is probed: `LEAST_PRIOR_SD` of routers/heads/onboard.ts.
// Each data set of a collection is left out in turn; models, known by their names’ facts, are onboarded from probes of the others.
// Usage: node scripts/measure-onboarding.ts FOLDER SET…      (routerbench_subset ulab_llmrouter …)

const LEAST_SDS = [0, 0.5, 0.75, 1, 1.5]
const PROBES = [30, 120, 240]
const GROUPS = 8
const PROMPTS_A_GROUP = 80
const EVERY_MODEL = 3

const [folder = '', ...sets] = process.argv.slice(2)
const inference = createInference()
const encoder = new URL('../routers/clusters/weights/encoder.onnx', import.meta.url)
const session = await inference.open(encoder, { device: 'cpu' })
const tokenizer = createWordPiece(vocabulary.words.split('\n'), heads.limits)

async function readingOf(prompt: string): Promise<Reading> {
  const request = openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content: prompt }] })
  const { routingText } = classify(request)
  const { ids } = tokenizer.encode(routingText)
  const dims = [1, ids.length]
  const { embedding } = await session.run({
    input_ids: { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims },
    attention_mask: { type: 'int64', data: new BigInt64Array(ids.length).fill(1n), dims },
  })
  if (embedding?.type !== 'float32') throw new Error('The encoder gave no embedding.')
  return readPrompt(projectEmbedding(embedding.data), textFeatures(routingText))
}

type Figures = { logLoss: number; brier: number; cells: number; bias: number; models: number }
const mean = new Map<string, number[]>()

for (const set of sets) {
  const whole = commonPart(readOutcomes(join(folder, set)))
  const byDataset = Map.groupBy(whole.prompts.keys(), (row) => whole.prompts[row]?.dataset ?? '')
  const groups = [...byDataset]
    .filter(([, rows]) => rows.length >= 40)
    .toSorted(([left], [right]) => hash(left) - hash(right))
    .slice(0, GROUPS)
  const key = (row: number): number => hash(whole.prompts[row]?.key ?? '')
  const rows = groups.flatMap(([, all]) => all.toSorted((a, b) => key(a) - key(b)).slice(0, PROMPTS_A_GROUP))
  const data = pickPrompts(whole, rows)
  const readings: Reading[] = []
  for (const { text } of data.prompts) readings.push(await readingOf(text))
  const figures = new Map<string, Figures>()
  for (const [group] of groups) measure(data, readings, group, figures)
  for (const [name, { logLoss, brier, cells, bias, models }] of figures) {
    const line = [logLoss / cells, brier / cells, bias / models]
    console.log(set.padEnd(26), name.padEnd(22), line.map((value) => value.toFixed(4)).join('  '))
    mean.set(name, [...(mean.get(name) ?? []), logLoss / cells])
  }
}
for (const [name, losses] of mean) {
  console.log(
    'mean of sets, log-loss'.padEnd(26),
    name.padEnd(22),
    (losses.reduce((a, b) => a + b, 0) / losses.length).toFixed(4),
  )
}
await inference.close()

/** Adds one left-out data set: every third model, before and after probes of the other data sets. */
function measure(data: Outcomes, readings: readonly Reading[], group: string, figures: Map<string, Figures>): void {
  const { models, prompts, scores } = data
  const others = pickPrompts(
    data,
    [...prompts.keys()].filter((row) => prompts[row]?.dataset !== group),
  )
  const test = [...prompts.keys()].filter((row) => prompts[row]?.dataset === group)
  const rowOf = new Map(prompts.map(({ id }, row) => [id, row]))
  for (const [column, model] of models.entries()) {
    if (column % EVERY_MODEL !== 0) continue
    const graded = (count: number): GradedReading[] =>
      pickProbes(others, count).prompts.flatMap(({ id }) => {
        const row = rowOf.get(id) ?? 0
        const reading = readings[row]
        return reading === undefined ? [] : [{ reading, score: scores[row * models.length + column] ?? 0 }]
      })
    const target = { id: model, provider: 'data', model, format: 'openai-chat', baseUrl: '', facts: {} } as const
    // Not the shipped row of that name, which rests on these very outcomes.
    const prior = metadataProfile({ ...target, catalogId: undefined })
    const profiles = [
      ['prior', prior],
      ...LEAST_SDS.map((sd) => [`120 probes, sd ${sd}`, onboard(prior, graded(120), sd)] as const),
      ...PROBES.map((count) => [`${count} probes`, onboard(prior, graded(count))] as const),
    ] as const
    for (const [name, profile] of profiles) {
      const so = figures.get(name) ?? { logLoss: 0, brier: 0, cells: 0, bias: 0, models: 0 }
      let difference = 0
      for (const row of test) {
        const reading = readings[row]
        if (reading === undefined) continue
        const { quality } = predict(reading, profile)
        const score = scores[row * models.length + column] ?? 0
        so.logLoss -= score * Math.log(quality) + (1 - score) * Math.log(1 - quality)
        so.brier += (quality - score) ** 2
        so.cells += 1
        difference += quality - score
      }
      so.bias += Math.abs(difference / test.length)
      so.models += 1
      figures.set(name, so)
    }
  }
}
