import { join } from 'node:path'
import { metadataProfile } from '../routers/heads/metadata-prior.ts'
import { predict } from '../routers/heads/predict.ts'
import { createLinearEncoder } from '../routers/heads/projected.ts'
import { type Reading, readPrompt } from '../routers/heads/reading.ts'
import { textFeatures } from '../routers/heads/text-features.ts'
import vocabulary from '../routers/heads/vocab.json' with { type: 'json' }
import { createTableReader } from '../routers/static/table-reader.ts'
import table from '../routers/static/weights/table.json' with { type: 'json' }
import { classify } from '../src/classify/classify.ts'
import { readOutcomes } from '../src/platform/node/read-outcomes.ts'
import { openaiChat } from '../src/wire/openai-chat/index.ts'

// How far off a guess from facts is: models of outcome data, of which the router is told the name and nothing else, by
// the sixth of the prompts that their difficulty falls in. `SLOPE_SD` of routers/heads/metadata-prior.ts.
// Usage: node scripts/measure-facts.ts FOLDER SET…      (routerbench_subset ulab_llmrouter …)

const SIXTHS = 6
const PROMPTS = 1_500
const FEWEST_ANSWERS = 20

const [folder = '', ...sets] = process.argv.slice(2)
const read = createTableReader(table, vocabulary.words.split('\n'))
const { project } = createLinearEncoder(table.projection, table.bias)

function readingOf(content: string): Reading {
  const request = openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content }] })
  const { routingText } = classify(request)
  return readPrompt(project(read(routingText).pooled), textFeatures(routingText))
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

for (const set of sets) {
  const { prompts, models, scores } = readOutcomes(join(folder, set))
  const every = Math.max(1, Math.floor(prompts.length / PROMPTS))
  const rows = [...prompts.entries()]
    .filter(([row]) => row % every === 0)
    .map(([row, { text }]) => ({ row, reading: readingOf(text) }))
    .toSorted((left, right) => left.reading.difficulty - right.reading.difficulty)
  for (let sixth = 0; sixth < SIXTHS; sixth += 1) {
    const part = rows.slice((sixth * rows.length) / SIXTHS, ((sixth + 1) * rows.length) / SIXTHS)
    const guesses = models.flatMap((id, column) => {
      const target = { id, provider: '', model: id.split('/').at(-1) ?? id, catalogId: undefined, facts: {} }
      const profile = metadataProfile({ ...target, format: 'openai-chat', baseUrl: '' })
      const answered = part.filter(({ row }) => !Number.isNaN(scores[row * models.length + column] ?? Number.NaN))
      if (answered.length < FEWEST_ANSWERS) return []
      const predictions = answered.map(({ reading }) => predict(reading, profile))
      const actual = mean(answered.map(({ row }) => scores[row * models.length + column] ?? 0))
      return {
        said: mean(predictions.map(({ quality }) => quality)),
        actual,
        sd: mean(predictions.map((p) => p.uncertainty)),
      }
    })
    const missed = Math.sqrt(mean(guesses.map(({ said, actual }) => (said - actual) ** 2)))
    const figures = {
      said: mean(guesses.map(({ said }) => said)),
      actual: mean(guesses.map(({ actual }) => actual)),
      missed,
      stated: mean(guesses.map(({ sd }) => sd)),
    }
    const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(3)}`)
    console.log(
      `${set} sixth ${sixth + 1} from difficulty ${part[0]?.reading.difficulty.toFixed(2)}: ${shown.join('  ')} (${guesses.length} models)`,
    )
  }
}
