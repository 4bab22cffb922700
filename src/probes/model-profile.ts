import { z } from 'zod'
import type { JsonValue } from '../core/json.ts'
import type { Target } from '../core/target.ts'
import { priceUsage } from '../usage/price.ts'
import type { Probe } from './probe.ts'
import { conversationOf } from './request-of.ts'
import type { ProbeRun } from './run-probes.ts'

const jsonValue: z.ZodType<JsonValue> = z.json()
const count = z.int().nonnegative()
// More than any model gives in one answer: a larger number is a fault of who counted.
const MOST_TOKENS = 10_000_000

const profileShape = z.object({
  version: z.literal(1),
  /** The target: `provider/model`. */
  model: z.string().min(1),
  date: z.iso.date(),
  /** Where the probes are from: `built-in` or a path. */
  probes: z.string(),
  asked: count,
  graded: count,
  right: count,
  stopped: z.enum(['interrupted', 'gave-up']).nullable(),
  cost_usd: z.number().nonnegative().nullable(),
  kinds: z.record(z.string(), z.object({ graded: count, right: count })),
  left_out: z.array(z.object({ id: z.string(), code: z.string() })),
  answers: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      difficulty: z.literal([1, 2, 3]),
      score: z.number().min(0).max(1),
      output_tokens: z.int().nonnegative().max(MOST_TOKENS).nullable(),
      /** `messages` and `tools` as asked, without the words for the grader. */
      request: z.record(z.string(), jsonValue),
    }),
  ),
})
/**
 * What `thalamus profile` writes. It holds the graded answers and no fitted numbers, so that another router, or the
 * next version of this one with better priors, learns from them as well.
 */
export const modelProfileSchema = profileShape.superRefine(({ answers, asked, graded, right, kinds }, { addIssue }) => {
  const say = (path: (string | number)[], message: string): void => addIssue({ code: 'custom', path, message })
  if (graded !== answers.length) say(['graded'], `says ${graded}, but there are ${answers.length} answers`)
  if (graded > asked) say(['asked'], `says ${asked}, but ${graded} were graded`)
  if (right > graded) say(['right'], `says ${right}, but ${graded} were graded`)
  const seen = new Set<string>()
  for (const [index, { id }] of answers.entries()) {
    if (seen.has(id)) say(['answers', index, 'id'], `a second answer to the probe "${id}"`)
    seen.add(id)
  }
  const rights = answers.filter(({ score }) => score === 1).length
  if (right <= graded && right !== rights) say(['right'], `says ${right}, but ${rights} answers are right`)
  for (const [kind, of] of Object.entries(kinds)) {
    const own = answers.filter((answer) => answer.kind === kind)
    const isOwn = of.graded === own.length && of.right === own.filter(({ score }) => score === 1).length
    if (!isOwn) say(['kinds', kind], `says ${of.right} right of ${of.graded}, which its answers do not`)
  }
})
export type ModelProfile = z.infer<typeof modelProfileSchema>

export type ProfileInput = {
  readonly target: Target
  readonly date: string
  readonly probes: string
  /** Every probe that was to be asked. */
  readonly all: readonly Probe[]
  readonly run: ProbeRun
}

/** A run as the profile that is written. */
export function modelProfile({ target, date, probes, all, run }: ProfileInput): ModelProfile {
  const costs = run.graded.map(({ usage }) => (usage === undefined ? undefined : priceUsage(target.facts, usage)))
  const known = costs.filter((cost) => cost !== undefined).filter((cost) => cost >= 0)
  return {
    version: 1,
    model: target.id,
    date,
    probes,
    asked: all.length,
    graded: run.graded.length,
    right: run.graded.filter(({ score }) => score === 1).length,
    stopped: run.stopped ?? null,
    cost_usd: known.length === costs.length ? known.reduce((sum, cost) => sum + cost, 0) : null,
    kinds: byKind(run),
    left_out: run.leftOut.map(({ probe, error }) => ({ id: probe.id, code: error.code })),
    answers: run.graded.map(({ probe, score, usage }) => ({
      id: probe.id,
      kind: probe.kind,
      difficulty: probe.difficulty,
      score,
      output_tokens: counted(usage?.outputTokens),
      request: conversationOf(probe),
    })),
  }
}

/** What an upstream says of its tokens, where that can be true. */
function counted(tokens: number | undefined): number | null {
  return tokens !== undefined && Number.isInteger(tokens) && tokens >= 0 && tokens <= MOST_TOKENS ? tokens : null
}

function byKind({ graded }: ProbeRun): ModelProfile['kinds'] {
  const kinds = Map.groupBy(graded, ({ probe }) => probe.kind)
  return Object.fromEntries(
    [...kinds]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([kind, answers]) => [
        kind,
        { graded: answers.length, right: answers.filter(({ score }) => score === 1).length },
      ]),
  )
}
