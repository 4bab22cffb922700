import { defineRouter, type Router } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import { createWordPiece } from '#core/word-piece.ts'
import { type GradedReading, onboard } from './onboard.ts'
import { predict } from './predict.ts'
import { createProfiles, type Profile } from './profile.ts'
import { type Reading, readPrompt } from './reading.ts'
import { clustersSettings } from './settings.ts'
import { textFeatures } from './text-features.ts'
import { createVerdicts } from './verdicts.ts'
import heads from './weights/heads.json' with { type: 'json' }
import vocabulary from './weights/vocab.json' with { type: 'json' }

const WARM_UP = 'Say: how many words, numbers (1, 2, 3) and signs does this sentence hold? '.repeat(8)
const ENCODER = new URL('./weights/encoder.onnx', import.meta.url)
const NAME = 'clusters@1'
// Each under a kilobyte.
const KEPT_VERDICTS = 4_096

/** What one inference tells of a text, whichever models are candidates. */
type Verdict = { readonly reading: Reading; readonly truncated: boolean }

/** A frozen encoder, clusters of prompts, and a profile a model that says how it does on each. */
export default defineRouter({
  id: 'clusters',
  settings: clustersSettings,
  runtimes: ['node'],
  async open(settings, { inference, createStore, digest }): Promise<Router> {
    const session = await inference.open(ENCODER, { device: settings.device })
    const tokenizer = createWordPiece(vocabulary.words.split('\n'), heads.limits)
    const profileOf = createProfiles()

    async function infer(text: string, signal?: AbortSignal): Promise<Verdict> {
      const { ids, truncated } = tokenizer.encode(text)
      const dims = [1, ids.length]
      const outputs = await session.run(
        {
          input_ids: { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims },
          attention_mask: { type: 'int64', data: new BigInt64Array(ids.length).fill(1n), dims },
        },
        signal,
      )
      const embedding = outputs['embedding']
      if (embedding?.type !== 'float32') throw new Error('The encoder gave no embedding.')
      return { reading: readPrompt(embedding.data, textFeatures(text)), truncated }
    }

    // The first run of a session and of this code is several times slower than the next: not at a caller's cost.
    await infer(WARM_UP)

    const verdictOn = createVerdicts<Verdict>({
      store: createStore(KEPT_VERDICTS),
      keyOf: (text) => `${NAME} ${digest(text)}`,
      infer,
    })

    function routerWith(profile: (target: Target) => Profile): Router {
      return {
        name: NAME,
        device: session.device,
        predict({ signals, candidates, signal }) {
          signal.throwIfAborted()
          const answer = ({ reading, truncated }: Verdict) => ({
            predictions: candidates.map((target) => predict(reading, profile(target))),
            truncated,
            evidence: {
              ...describe(reading),
              profiles: Object.fromEntries(candidates.map((target) => [target.id, profile(target).evidence.join('+')])),
            },
          })
          const verdict = verdictOn(signals.routingText, signal)
          return verdict instanceof Promise ? verdict.then(answer) : answer(verdict)
        },
        async onboard(models) {
          const readings = new Map<string, Reading>()
          const learned = new Map<string, Profile>()
          for (const { target, graded } of models) {
            const answers: GradedReading[] = []
            for (const { signals, score } of graded) {
              const { routingText } = signals
              const reading = readings.get(routingText) ?? (await infer(routingText)).reading
              readings.set(routingText, reading)
              answers.push({ reading, score })
            }
            learned.set(target.id, onboard(profile(target), answers))
          }
          return routerWith((target) => learned.get(target.id) ?? profile(target))
        },
        // The inference port is the gateway's, which closes it.
        async close() {},
      }
    }

    return routerWith(profileOf)
  },
})

function describe(reading: Reading): Readonly<Record<string, unknown>> {
  const clusters = reading.clusters
    .map((share, index) => ({ label: heads.labels[index] ?? '', share: Number(share.toFixed(3)) }))
    .sort((left, right) => right.share - left.share)
    .slice(0, 3)
  return {
    clusters,
    difficulty: Number(reading.difficultyShare.toFixed(3)),
    out_of_distribution: Number(reading.strangeness.toFixed(3)),
  }
}
