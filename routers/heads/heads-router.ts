import type { Store } from '#core/ports.ts'
import type { Onboarded, Router } from '#core/router.ts'
import type { Target } from '#core/target.ts'
import { fitLength, type MeasuredLength } from './fit-length.ts'
import heads from './heads.json' with { type: 'json' }
import { type GradedReading, onboard } from './onboard.ts'
import { gather, learnPool } from './pool.ts'
import { type Predict, predict } from './predict.ts'
import { createProfiles, type Profile } from './profile.ts'
import type { Projected } from './projected.ts'
import { type Reading, readPrompt } from './reading.ts'
import { restsOn } from './rests-on.ts'
import { textFeatures } from './text-features.ts'
import { createVerdicts } from './verdicts.ts'

/** What an encoder makes of a text. */
export type Encoded = { readonly projected: Projected; readonly truncated: boolean }

/** What is known of a text, whichever models are candidates. */
export type Verdict = { readonly reading: Reading; readonly shares: Float32Array; readonly truncated: boolean }

export type HeadsRouterOptions = {
  readonly name: string
  /** Where the encoder runs at this moment. */
  readonly device: () => string
  readonly encode: (text: string, signal: AbortSignal) => Encoded | Promise<Encoded>
  /** See `Router`. */
  readonly embed?: Router['embed']
  readonly store: Store<Verdict>
  readonly digest: (text: string) => string
}

/** What says how well a model will answer what was read, and on what that rests. */
type Judge = { readonly predict: Predict; readonly profile: (target: Target) => Profile }

/** A router of an encoder and the heads that read its embeddings: the same heads for every encoder. */
export function createHeadsRouter({ name, device, encode, embed, store, digest }: HeadsRouterOptions): Router {
  const profileOf = createProfiles()
  // Trained anew, the clusters are others, and what was learned of the old ones says nothing of them.
  const clusters = `heads-${digest(heads.labels.join('\n')).slice(0, 8)}`
  const verdictOn = createVerdicts<Verdict>({
    store,
    keyOf: (text) => `${name} ${digest(text)}`,
    infer(text, signal) {
      const read = ({ projected, truncated }: Encoded): Verdict => {
        const reading = readPrompt(projected, textFeatures(text))
        return { reading, shares: Float32Array.from(reading.clusters), truncated }
      }
      const encoded = encode(text, signal)
      return encoded instanceof Promise ? encoded.then(read) : read(encoded)
    },
  })

  async function readingOf(text: string): Promise<Reading> {
    // workerd lets nobody make a controller before the first request, so this cannot be a constant.
    const { reading } = await verdictOn(text, new AbortController().signal)
    return reading
  }

  function routerWith({ predict, profile }: Judge): Router {
    return {
      name,
      ...(embed === undefined ? {} : { embed }),
      get device() {
        return device()
      },
      predict({ signals, candidates, signal }) {
        signal.throwIfAborted()
        const answer = ({ reading, shares, truncated }: Verdict) => ({
          predictions: candidates.map((target) => predict(reading, target)),
          truncated,
          shares,
          clusters,
          clusterNames: heads.labels,
          strangeness: reading.strangeness,
          evidence: {
            ...describe(reading),
            profiles: Object.fromEntries(candidates.map((target) => [target.id, restsOn(profile(target))])),
          },
        })
        const verdict = verdictOn(signals.routingText, signal)
        return verdict instanceof Promise ? verdict.then(answer) : answer(verdict)
      },
      async onboard(models, how = 'pool') {
        return routerWith(how === 'each' || models.length === 1 ? await judgeEach(models) : await judgePool(models))
      },
      // The inference port is the gateway's, which closes it.
      async close() {},
    }

    /** All that is known of one model's answers, whatever its source, is fitted at once: that is their product. */
    async function judgeEach(models: readonly Onboarded[]): Promise<Judge> {
      const learned = new Map<string, Profile>()
      for (const [id, sources] of Map.groupBy(models, ({ target }) => target.id)) {
        const [first] = sources
        if (first === undefined) continue
        const answers: GradedReading[] = []
        const lengths: MeasuredLength[] = []
        for (const { signals, score, outputTokens: tokens } of sources.flatMap(({ graded }) => graded)) {
          const reading = await readingOf(signals.routingText)
          answers.push({ reading, score })
          if (tokens !== undefined) lengths.push({ reading, tokens })
        }
        const graded = sources.flatMap(({ evidence }) => (evidence === undefined ? [] : [evidence]))
        const fitted = onboard(fitLength(profile(first.target), lengths), answers)
        learned.set(id, { ...fitted, ...(graded.length === 0 ? {} : { graded }) })
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

function describe(reading: Reading): Readonly<Record<string, unknown>> {
  const clusters = largest(reading.clusters, 3).map((index) => ({
    label: heads.labels[index] ?? '',
    share: Number((reading.clusters[index] ?? 0).toFixed(3)),
  }))
  return {
    clusters,
    difficulty: Number(reading.difficultyShare.toFixed(3)),
    out_of_distribution: Number(reading.strangeness.toFixed(3)),
  }
}

/** The places of the largest values, the largest first. */
function largest(values: readonly number[], count: number): number[] {
  const places: number[] = []
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0
    let at = places.length
    while (at > 0 && value > (values[places[at - 1] ?? 0] ?? 0)) at -= 1
    if (at >= count) continue
    places.splice(at, 0, index)
    if (places.length > count) places.pop()
  }
  return places
}
