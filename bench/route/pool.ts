import type { Directives } from '../../src/core/directives.ts'
import type { Prediction, Router } from '../../src/core/router.ts'
import type { Facts, Target } from '../../src/core/target.ts'

/** Uniform in [0, 1), the same numbers for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Models with facts as various as those of the catalogue; one in ten facts is unknown. */
export function somePool(size: number, random: () => number): Target[] {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value
  const perhaps = <Value>(value: Value): Value | undefined => (random() < 0.1 ? undefined : value)
  return Array.from({ length: size }, (_, index): Target => {
    const params = pick([1, 3, 8, 14, 27, 32, 70, 72, 120, 235, 405, 671, 1000])
    const given = {
      price_in: perhaps(10 ** (random() * 3 - 2)),
      price_out: perhaps(10 ** (random() * 3 - 1.5)),
      context_tokens: pick([8_192, 32_768, 128_000, 131_072, 200_000, 1_000_000]),
      max_output_tokens: pick([4_096, 8_192, 64_000]),
      modalities_in: pick([['text'], ['text', 'image'], ['text', 'image', 'audio']] as const),
      tools: perhaps(random() < 0.8),
      released: perhaps(`202${pick([3, 4, 5, 6])}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-11`),
      params_b: perhaps(params),
      active_params_b: perhaps(params / pick([1, 1, 8])),
      license: pick(['mit', 'apache-2.0', 'proprietary', 'llama3.1']),
      open_weights: random() < 0.6,
      region: perhaps(pick([['eu'], ['us'], ['eu', 'us'], ['ch']])),
      retention: perhaps(pick(['zero', 'limited', 'kept'] as const)),
      training: perhaps(pick(['never', 'opt-in', 'opt-out'] as const)),
      security: pick([0, 1, 2, 3] as const),
      ttft_ms: perhaps(100 + random() * 2_000),
      tokens_per_second: perhaps(10 + random() * 300),
    }
    const facts = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Facts
    const id = `provider-${index % 40}/model-${index}`
    return {
      id,
      provider: `provider-${index % 40}`,
      model: `model-${index}`,
      format: 'openai-chat',
      baseUrl: 'http://bench.invalid',
      catalogId: undefined,
      facts,
    }
  })
}

/** A router that has its answers ready, so that what is timed is the policy. */
export function readyRouter(targets: readonly Target[], random: () => number): Router {
  const known = new Map<string, Prediction>(
    targets.map(({ id }) => [
      id,
      { quality: 0.3 + 0.7 * random(), uncertainty: 0.1 * random(), outputTokens: 100 + Math.floor(900 * random()) },
    ]),
  )
  // One list of models a set of flags: what is looked up once is not timed again.
  const answers = new Map<number, Prediction[]>()
  return {
    name: 'ready@1',
    device: 'none',
    predict: ({ candidates }) => {
      const ready = answers.get(candidates.length) ?? candidates.map(({ id }) => known.get(id) as Prediction)
      answers.set(candidates.length, ready)
      return { predictions: ready, truncated: false }
    },
    close: async () => {},
  }
}

/** Ten flags at once: five hard limits, one of them on an estimate, and five weights. Most models pass. */
export const TEN_FLAGS: Directives = {
  weights: { cost: 1, latency: 0.5, size: 0.25, recency: 0.5, verbosity: 0.25 },
  quality: { band: 6 },
  max: { cost_usd: 0.05, params_b: 700 },
  require: { retention: 'kept', training: 'opt-out', context_tokens: 16_000 },
}

/** Ten flags of which few models pass all. */
export const TEN_STRICT: Directives = {
  weights: { cost: 2, latency: 1, size: 1 },
  quality: { band: 4 },
  max: { cost_usd: 0.01, age_days: 900 },
  require: { region: ['eu', 'us'], license: ['mit', 'apache-2.0'], open_weights: true, security: 1, tools: true },
}
