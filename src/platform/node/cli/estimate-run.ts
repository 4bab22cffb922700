import { GatewayError } from '../../../core/errors.ts'
import type { Target } from '../../../core/target.ts'
import type { Gateway } from '../../../gateway.ts'
import type { Probe } from '../../../probes/probe.ts'
import { dollars } from './describe-dropped.ts'
import { wrap } from './terminal.ts'

/** What a run is expected to take. `undefined` where a price is unknown. */
export type RunEstimate = {
  readonly costUsd: number | undefined
  /** If every answer went on to its cap. */
  readonly mostUsd: number | undefined
  readonly outputTokens: number
  readonly maxTokens: number
}

/** Adds up what routing expects of each probe. A policy that does not admit the model says so here, before the first call. */
export async function estimateRun(
  { id, facts }: Target,
  probes: readonly Probe[],
  maxTokens: number,
  gateway: Gateway,
): Promise<RunEstimate | { readonly refused: string }> {
  let costUsd = 0
  let mostUsd = 0
  let outputTokens = 0
  try {
    for (const probe of probes) {
      // Users' messages alone: whether the model takes tools or holds the cap is for itself to say, not for its facts.
      const messages = (probe.messages ?? [{ role: 'user', content: probe.prompt ?? '' }]).filter(
        ({ role }) => role === 'user',
      )
      const { candidates, signals } = await gateway.decide({ body: { messages, model: id } })
      const expected = candidates[0]
      costUsd += expected?.cost_usd ?? Number.NaN
      outputTokens += Math.min(expected?.output_tokens ?? 0, maxTokens)
      const promptTokens = Number(signals?.['prompt_tokens'] ?? 0)
      mostUsd += ((facts.price_in ?? Number.NaN) * promptTokens + (facts.price_out ?? Number.NaN) * maxTokens) / 1e6
    }
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { refused: thrown.message }
  }
  const known = (dollars: number): number | undefined => (Number.isNaN(dollars) ? undefined : dollars)
  return { costUsd: known(costUsd), mostUsd: known(mostUsd), outputTokens, maxTokens }
}

/** The estimate as the lines that stand before the run. */
export function describeEstimate(
  target: Target,
  { all, askable }: { readonly all: number; readonly askable: number },
  { costUsd, mostUsd, outputTokens, maxTokens }: RunEstimate,
  width: number,
): string {
  const left = all - askable
  const cost =
    costUsd === undefined || mostUsd === undefined
      ? ['cost unknown: no price among its facts']
      : mostUsd === 0
        ? ['free of charge']
        : [`about ${dollars(costUsd)}`, `${dollars(mostUsd)} if every answer took ${maxTokens} tokens`]
  const pieces = [
    `${askable} of ${all} probes`,
    ...(left === 0 ? [] : [`${left} left out because it takes no tools`]),
    `about ${outputTokens < 1_000 ? Math.round(outputTokens) : `${Math.round(outputTokens / 1_000)}k`} answer tokens`,
    ...cost,
  ]
  return wrap(`${target.id}  `, pieces, ', ', width).join('\n')
}
