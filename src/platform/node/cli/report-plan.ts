import type { SetOptions } from './evaluate-set.ts'

/** One table of the report. */
export type Step = {
  readonly set: string
  readonly section: 'sets' | 'published' | 'dataset' | 'family' | 'models'
  readonly options: SetOptions
  /** The column of outcomes.csv that holds the score. */
  readonly score: string
  /** Prompts of the set that are used at most; all where it is not said. */
  readonly most?: number
}

/** How a published table was made, and what it says: only then are figures comparable with it. */
type Published = Pick<Step, 'options' | 'score'> & { readonly says: string }

/** Sets whose figures others published, by folder. */
export const PUBLISHED: Readonly<Record<string, Published>> = {
  // RouterDC trained on five tasks; its averages are of the column `acc` (README of the data).
  routerdc_7b: {
    options: { split: 'given', leaveOut: ['arc_easy_train', 'arc_easy_test'] },
    score: 'acc',
    says: `RouterDC (NeurIPS 2024), the split it was published with. A published router is said to reach a macro average of about .585 over the five tasks with a larger encoder (issue 3); of the single models (rows \`only …\`) dolphin-2.9-llama3-8b has the best average; \`best-single\` is chosen by the mean over training prompts and is another. \`macro_trained\` averages the five test sets whose tasks have a training part, \`macro_unseen\` the four others.`,
  },
  routellm: {
    options: { partsOnly: true, shippedOnly: true },
    score: 'score',
    says: `RouteLLM (GPT-4 against Mixtral 8x7B), never trained on. Its paper's best routers, as quoted in design/router.md §2.4: MT-Bench, matrix factorisation on arena and judge labels: APGR .802, CPT(50) 13.4 %, CPT(80) 31.3 %; MMLU with MMLU labels in training, best of each column: APGR .603, CPT(50) 35.4 %, CPT(80) 70.3 %; GSM8K, causal LLM: CPT(50) about 34 %. Trained on arena data alone they are about random (.50) on MMLU and GSM8K. Without its questions in our training data (\`clean\`) theirs are not published. APGR and CPT of the row as shipped, and of \`prompt-length, untrained\`, are of all prompts of the part, as neither learns from them; those of the other rows are of one held-out fifth. MT-Bench has 72 prompts: its interval is wide.`,
  },
}

const LEAST_MODELS = 6

/** A set that is to be reported, `id` its folder's name. */
export type SetSize = {
  readonly id: string
  readonly datasets: number
  readonly models: number
  readonly prompts: number
}

/** What the report runs, set by set: the cheap and telling ones first. */
export function planOf(
  sets: readonly SetSize[],
  { most, mostHeldOut }: { readonly most: number; readonly mostHeldOut: number },
): Step[] {
  const plain = sets.filter(({ id }) => PUBLISHED[id] === undefined)
  const published = sets.flatMap(({ id }): Step[] => {
    const found = PUBLISHED[id]
    return found === undefined ? [] : [{ set: id, section: 'published', options: found.options, score: found.score }]
  })
  const promptsOf = new Map(sets.map(({ id, prompts }) => [id, prompts]))
  const step = (id: string, section: Step['section'], options: SetOptions, limit: number): Step => ({
    set: id,
    section,
    options,
    score: 'score',
    ...((promptsOf.get(id) ?? 0) > limit ? { most: limit } : {}),
  })
  return [
    ...plain.map(({ id }) => step(id, 'sets', {}, most)),
    ...published,
    ...plain
      .filter(({ models }) => models >= LEAST_MODELS)
      .map(({ id }) => step(id, 'models', { holdOut: 'models', probe: 120 }, mostHeldOut)),
    ...plain
      .filter(({ datasets }) => datasets > 1)
      .flatMap(({ id }) => [
        step(id, 'dataset', { holdOut: 'dataset' }, mostHeldOut),
        step(id, 'family', { holdOut: 'family' }, mostHeldOut),
      ]),
  ]
}

/** What is held out once, or is of a whole set, would only be said again by more seeds. */
export function seedsOf({ section }: Step, seeds: readonly number[]): readonly number[] {
  return section === 'sets' || section === 'models' ? seeds : seeds.slice(0, 1)
}
