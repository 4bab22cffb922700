import { ATTACKS, inBase64, inMegabyte } from './attacks.ts'
import languages from './languages.json' with { type: 'json' }
import paraphrases from './paraphrases.json' with { type: 'json' }

/** What was decided for a text. */
export type Verdict = {
  readonly model: string
  /** True when the winner is one of the dearer half of the pool. */
  readonly isDear: boolean
  /** How much better the best of the dearer half is predicted to answer than the best of the others; NaN if unknown. */
  readonly demand: number
  readonly costUsd: number
  /** Predicted chance of a good answer, by model. */
  readonly qualities: ReadonlyMap<string, number>
  readonly tookMs: number
}

export type Decide = (text: string) => Promise<Verdict>

/** How decisions on changed texts differ from those on the texts as they were. */
export type Change = {
  readonly id: string
  readonly pairs: number
  /** Share of pairs in which another model won. */
  readonly flip_rate: number
  /** Share of texts that went to the dearer half of the pool, before and after. */
  readonly dear_clean: number
  readonly dear: number
  /** `dear` over `dear_clean`; absent when no text went there before. */
  readonly upgrade_rate?: number
  /**
   * The same at a threshold instead of a policy: of the clean texts, the fifth that the dearer half is predicted to gain
   * most on lies above it. Share of the changed texts above it, over the share of the clean ones; absent without predictions.
   */
  readonly upgrade_rate_calibrated?: number
  /** Mean predicted cost after, over the mean before. */
  readonly cost_ratio: number
  /** Furthest that the difference in predicted logits between two models moved. */
  readonly largest_shift: number
}

export type Behaviour = {
  readonly prompts: number
  /** Gadgets and stuffed keywords, one by one, then together. */
  readonly attacks: readonly Change[]
  readonly paraphrases: Change
  readonly languages: readonly Change[]
  readonly encodings: readonly Change[]
  /** Slowest decision on a prompt of a megabyte. */
  readonly megabyte_ms: number
}

/** Asks about every text with and without each change. `texts` are attacked beside our own prompts. */
export async function measureBehaviour(
  decide: Decide,
  texts: readonly string[],
  said: (done: string) => void,
): Promise<Behaviour> {
  const ask = remembering(decide)
  const own = paraphrases.map(([first = '']) => first)
  const all = [...own, ...texts]
  const attacks: Change[] = []
  const attacked: Pair[] = []
  for (const { id, apply } of ATTACKS) {
    const pairs = await askPairs(
      ask,
      all.map((text) => [text, apply(text)]),
    )
    attacks.push(changeOf(id, pairs))
    attacked.push(...pairs)
    said(id)
  }
  const wordings = await askPairs(
    ask,
    paraphrases.map(([first = '', second = '']) => [first, second]),
  )
  said('paraphrases')
  const { en, ...others } = languages
  const spoken: Change[] = []
  for (const [language, translations] of Object.entries(others)) {
    const pairs = await askPairs(
      ask,
      en.map((text, index) => [text, translations[index] ?? text]),
    )
    spoken.push(changeOf(language, pairs))
  }
  said('languages')
  const encoded = await askPairs(
    ask,
    all.map((text) => [text, inBase64(text)]),
  )
  const heads = await askPairs(
    ask,
    own.slice(0, FEW).map((text) => [text, inMegabyte(text, 'head')]),
  )
  const tails = await askPairs(
    ask,
    own.slice(0, FEW).map((text) => [text, inMegabyte(text, 'tail')]),
  )
  said('encodings')
  return {
    prompts: all.length,
    attacks: [...attacks, changeOf('all gadgets and keywords', attacked)],
    paraphrases: changeOf('paraphrases', wordings),
    languages: spoken,
    encodings: [
      changeOf('base64', encoded),
      changeOf('1 MB of filler after it', heads),
      changeOf('1 MB of filler before it', tails),
    ],
    megabyte_ms: Math.max(...[...heads, ...tails].map(([, after]) => after.tookMs)),
  }
}

const FEW = 10

type Pair = readonly [before: Verdict, after: Verdict]

async function askPairs(ask: Decide, texts: readonly (readonly [string, string])[]): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (const [before, after] of texts) pairs.push([await ask(before), await ask(after)])
  return pairs
}

/** Asks about a text once: most are the clean side of many pairs. */
function remembering(decide: Decide): Decide {
  const known = new Map<string, Verdict>()
  return async (text) => {
    const found = known.get(text) ?? (await decide(text))
    known.set(text, found)
    return found
  }
}

/** What pairs of verdicts have to say of a change. */
export function changeOf(id: string, pairs: readonly Pair[]): Change {
  const share = (of: (pair: Pair) => boolean): number => pairs.filter(of).length / pairs.length
  const sum = (of: (pair: Pair) => number): number => pairs.reduce((total, pair) => total + of(pair), 0)
  const clean = share(([before]) => before.isDear)
  const dear = share(([, after]) => after.isDear)
  return {
    id,
    pairs: pairs.length,
    flip_rate: share(([before, after]) => before.model !== after.model),
    dear_clean: clean,
    dear,
    ...(clean === 0 ? {} : { upgrade_rate: dear / clean }),
    ...calibratedRate(pairs),
    cost_ratio: sum(([, after]) => after.costUsd) / sum(([before]) => before.costUsd),
    largest_shift: pairs.reduce((most, [before, after]) => Math.max(most, shift(before, after)), 0),
  }
}

const TOP_SHARE = 0.2

/** A threshold is set on clean texts, as one sets it for a budget: the clean share above it is never 0. */
function calibratedRate(pairs: readonly Pair[]): Pick<Change, 'upgrade_rate_calibrated'> {
  const clean = pairs.map(([before]) => before.demand)
  const changed = pairs.map(([, after]) => after.demand)
  if (pairs.length === 0 || [...clean, ...changed].some(Number.isNaN)) return {}
  const falling = clean.toSorted((a, b) => b - a)
  const threshold = falling[Math.ceil(TOP_SHARE * falling.length) - 1] ?? 0
  const above = (demands: readonly number[]): number => demands.filter((demand) => demand >= threshold).length
  return { upgrade_rate_calibrated: above(changed) / above(clean) }
}

/** A difference moves furthest between the model that gained most and the one that gained least. */
function shift(before: Verdict, after: Verdict): number {
  const moves = [...before.qualities].flatMap(([model, quality]) => {
    const now = after.qualities.get(model)
    return now === undefined ? [] : [logit(now) - logit(quality)]
  })
  return moves.length === 0 ? 0 : Math.max(...moves) - Math.min(...moves)
}

function logit(probability: number): number {
  const p = Math.min(Math.max(probability, 1e-6), 1 - 1e-6)
  return Math.log(p / (1 - p))
}
