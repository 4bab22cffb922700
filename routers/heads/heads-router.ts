import type { Store } from '#core/ports.ts'
import type { Onboarded, Router } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import { describeEvidence } from './evidence.ts'
import heads from './heads.json' with { type: 'json' }
import { type GradedReading, onboard } from './onboard.ts'
import { gather, learnPool } from './pool.ts'
import { type Predict, predict } from './predict.ts'
import { createProfiles, type Profile } from './profile.ts'
import { type Reading, readPrompt } from './reading.ts'
import { textFeatures } from './text-features.ts'
import { createVerdicts } from './verdicts.ts'

/** A text's embedding, of unit length. */
export type Encoded = { readonly embedding: Float32Array; readonly truncated: boolean }

/** What is known of a text, whichever models are candidates. */
export type Verdict = { readonly reading: Reading; readonly truncated: boolean }

export type HeadsRouterOptions = {
  readonly name: string
  readonly device: string
  readonly encode: (text: string, signal: AbortSignal) => Encoded | Promise<Encoded>
  readonly store: Store<Verdict>
  readonly digest: (text: string) => string
}

/** What says how well a model will answer what was read, and on what that rests. */
type Judge = { readonly predict: Predict; readonly profile: (target: Target) => Profile }

/** A router of an encoder and the heads that read its embeddings: the same heads for every encoder. */
export function createHeadsRouter({ name, device, encode, store, digest }: HeadsRouterOptions): Router {
  const profileOf = createProfiles()
  const verdictOn = createVerdicts<Verdict>({
    store,
    keyOf: (text) => `${name} ${digest(text)}`,
    async infer(text, signal) {
      const { embedding, truncated } = await encode(text, signal)
      return { reading: readPrompt(embedding, textFeatures(text)), truncated }
    },
  })

  async function readingOf(text: string): Promise<Reading> {
    const { reading } = await verdictOn(text, NEVER)
    return reading
  }

  function routerWith({ predict, profile }: Judge): Router {
    return {
      name,
      device,
      predict({ signals, candidates, signal }) {
        signal.throwIfAborted()
        const answer = ({ reading, truncated }: Verdict) => ({
          predictions: candidates.map((target) => predict(reading, target)),
          truncated,
          evidence: {
            ...describe(reading),
            profiles: Object.fromEntries(candidates.map((target) => [target.id, describeEvidence(profile(target))])),
          },
        })
        const verdict = verdictOn(signals.routingText, signal)
        return verdict instanceof Promise ? verdict.then(answer) : answer(verdict)
      },
      async onboard(models) {
        return routerWith(models.length === 1 ? await judgeOne(models) : await judgePool(models))
      },
      // The inference port is the gateway's, which closes it.
      async close() {},
    }

    async function judgeOne(models: readonly Onboarded[]): Promise<Judge> {
      const learned = new Map<string, Profile>()
      for (const { target, graded } of models) {
        const answers: GradedReading[] = []
        for (const { signals, score } of graded) {
          answers.push({ reading: await readingOf(signals.routingText), score })
        }
        learned.set(target.id, onboard(profile(target), answers))
      }
      return judgeWith((target) => learned.get(target.id) ?? profile(target))
    }

    /** Models that were graded on the same prompts teach each other what these prompts are like. */
    async function judgePool(models: readonly Onboarded[]): Promise<Judge> {
      const answers = await gather(models, readingOf)
      const learned = learnPool(
        answers,
        models.map(({ target }) => profile(target)),
      )
      const columns = new Map(models.map(({ target }, column) => [target.id, column]))
      const evidenced: Profile['evidence'] = ['probes']
      return {
        predict: (reading, target) => {
          const column = columns.get(target.id)
          return column === undefined ? predict(reading, target) : learned(reading, column)
        },
        profile: (target) => (columns.has(target.id) ? { ...profile(target), evidence: evidenced } : profile(target)),
      }
    }
  }

  return routerWith(judgeWith(profileOf))
}

function judgeWith(profile: (target: Target) => Profile): Judge {
  return { profile, predict: (reading, target) => predict(reading, profile(target)) }
}

const NEVER = new AbortController().signal

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
