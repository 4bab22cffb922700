import type { Attempt, Decision } from './core/decision.ts'
import type { Target } from './core/target.ts'
import type { CallOutcome } from './core/tool-outcome.ts'
import type { Loss } from './core/wire-format.ts'

/** The reason of a call that names its model. */
export const NAMED = 'named by the caller'

/** Sets the `x-route-*` headers of an answer (contract.md §5). */
export function setRouteHeaders(
  headers: Record<string, string>,
  id: string,
  target: Target,
  decision: Decision | undefined,
  attempts: readonly Attempt[],
  overheadMs: number,
): void {
  headers['x-route-id'] = id
  headers['x-route-model'] = headerText(target.id)
  headers['x-route-attempts'] = formatAttempts(attempts)
  headers['x-route-overhead-ms'] = overheadMs.toFixed(2)
  if (decision === undefined) {
    headers['x-route-reason'] = NAMED
    return
  }
  const candidate = decision.candidates.find((one) => one.model === target.id)
  headers['x-route-policy'] = decision.policy
  headers['x-route-router'] = decision.router
  headers['x-route-reason'] = target.id === decision.model ? decision.reason : 'fallback'
  if (candidate?.quality !== undefined) headers['x-route-quality'] = candidate.quality.toFixed(4)
  if (candidate?.cost_usd !== undefined) headers['x-route-cost-usd'] = formatDollars(candidate.cost_usd)
}

/** `openai/a;outcome=upstream_timeout;ms=800, anthropic/b;outcome=ok;ms=312`: a structured-field list (RFC 8941). */
export function formatAttempts(attempts: readonly Attempt[]): string {
  let list = ''
  for (const { target, outcome, elapsedMs, isHedge } of attempts) {
    list += `${list === '' ? '' : ', '}${headerText(target)};outcome=${outcome};ms=${Math.round(elapsedMs)}`
    if (isHedge === true) list += ';hedged'
  }
  return list
}

/** `valid=2, repaired=1`: what became of an answer's calls; `undefined` where all came as they should. */
export function formatOutcomes(outcomes: readonly CallOutcome[]): string | undefined {
  if (outcomes.every((outcome) => outcome === 'valid')) return undefined
  const counts = Map.groupBy(outcomes, (outcome) => outcome)
  return [...counts].map(([outcome, { length }]) => `${outcome}=${length}`).join(', ')
}

/** Six significant digits without an exponent: costs of one call are often far below a cent. */
function formatDollars(dollars: number): string {
  if (dollars === 0) return '0'
  const decimals = Math.min(12, Math.max(2, 5 - Math.floor(Math.log10(dollars))))
  return dollars.toFixed(decimals)
}

/** Names come from the configuration and may hold any character; a header may not. */
function headerText(value: string): string {
  const known = headerTexts.get(value)
  if (known !== undefined) return known
  const text = /^[\x21-\x7e]*$/.test(value) ? value : encodeURI(value)
  headerTexts.set(value, text)
  return text
}

// Target ids only, so as many entries as the configuration has models.
const headerTexts = new Map<string, string>()

/** `messages[2].content[0].cache_control, top_k`: paths, each once, at most 2,000 characters. */
export function formatLosses(losses: readonly Loss[]): string {
  let list = ''
  for (const path of new Set(losses.map((loss) => loss.path.replaceAll(/[^\x21-\x7e]/g, '?')))) {
    if (list.length + path.length > MAX_LOSSES) return `${list}, ...`
    list += list === '' ? path : `, ${path}`
  }
  return list
}

const MAX_LOSSES = 2_000
