import { GatewayError } from '../core/errors.ts'
import type { StreamPart, Usage } from '../core/stream-part.ts'
import type { BrokenCall, HeldBack } from './settled-calls.ts'
import { callParts, isParts } from './settled-calls.ts'
import type { AnswerFormat } from './tools-as-asked.ts'

/** What came of asking a model again. */
export type Refined = {
  /** Better calls for broken ones that came of them, by their place among the broken. */
  readonly calls: ReadonlyMap<number, { readonly name: string; readonly argumentsText: string }>
  /** What the rounds took, as far as it was counted. */
  readonly usage: readonly Usage[]
}

/** Asks the model again about its broken calls. Never rejects: what cannot be had better stays as it is. */
export type Refine = (broken: readonly BrokenCall[], signal: AbortSignal | undefined) => Promise<Refined>

/** What was held back, in its order, with the better calls in their places. */
export function inPlace(held: HeldBack, { calls }: Refined): StreamPart[] {
  let place = 0
  return held.flatMap((one) => {
    if (isParts(one)) return one
    const better = calls.get(place)
    place += 1
    return callParts(one.start, better ?? one.settled)
  })
}

export function brokenOf(held: HeldBack): readonly BrokenCall[] {
  return held.filter((one): one is BrokenCall => !isParts(one))
}

/** Throws where nobody waits for the answer any more: it has been told of its end. */
export function refuseLeft(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new GatewayError('client_closed_request', 'Nobody waits for this answer any more.')
}

/** The tokens of an answer and of the rounds after it. A kind that one of them did not count is as far as it is known. */
export function addUsage(first: Usage | undefined, rounds: readonly Usage[]): Usage | undefined {
  return rounds.reduce<Usage | undefined>((sum, round) => (sum === undefined ? round : added(sum, round)), first)
}

function added(left: Usage, right: Usage): Usage {
  const sum: Record<string, unknown> = { ...left }
  for (const [kind, count] of Object.entries(right)) {
    const before = sum[kind]
    if (typeof count === 'number') sum[kind] = typeof before === 'number' ? before + count : count
    else sum[kind] = before ?? count
  }
  return sum as Usage
}

/** Tells what became of those that were broken. */
export function noteRefined(format: AnswerFormat, held: HeldBack, { calls }: Refined): void {
  for (const place of brokenOf(held).keys()) format.noteOutcome?.(calls.has(place) ? 'refined' : 'broken')
}
