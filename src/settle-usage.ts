import type { UsageRecord, UsageRole } from './core/ledger.ts'
import type { Context } from './pipeline.ts'
import type { CallRecord, Spent } from './telemetry/record.ts'

type Counted = Pick<CallRecord, 'usage' | 'estimated' | 'costUsd'>

/** Writes down what a call took that has ended, if it took anything. */
export function settleCall(record: CallRecord, { ledger, ports }: Context): void {
  const { target, usage } = record
  if (ledger === undefined || usage === undefined || target === undefined) return
  const role = record.shadowOf === undefined ? 'answer' : 'shadow'
  ledger.settle(usageRecord({ ...record, model: target, role, at: ports.clock.now() }))
}

/** Writes down what a failed attempt took, whose answer reached nobody. */
export function settleAttempt(
  call: Pick<UsageRecord, 'id' | 'key' | 'model' | 'outcome' | 'endpoint'>,
  spent: Spent,
  { ledger, ports }: Context,
): void {
  ledger?.settle(usageRecord({ ...call, ...spent, role: 'attempt', at: ports.clock.now() }))
}

/** Writes down a call that went to a provider unread: that it was made is all that is known. */
export function settlePassed(record: CallRecord, asked: string, { ledger, ports }: Context): void {
  const { provider } = record
  if (ledger === undefined || provider === undefined) return
  const model = asked.startsWith(`${provider}/`) || asked === '' ? asked : `${provider}/${asked}`
  ledger.settle(usageRecord({ ...record, model: model || `${provider}/*`, role: 'answer', at: ports.clock.now() }))
}

function usageRecord({
  usage,
  estimated,
  costUsd,
  ...of
}: Counted &
  Pick<UsageRecord, 'id' | 'key' | 'model' | 'outcome' | 'endpoint' | 'at'> & {
    readonly role: UsageRole
  }): UsageRecord {
  return {
    id: of.id,
    at: of.at,
    key: of.key,
    model: of.model,
    endpoint: of.endpoint,
    role: of.role,
    outcome: of.outcome,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    cachedInputTokens: usage?.cachedInputTokens,
    cacheWriteTokens: usage?.cacheWriteTokens,
    reasoningTokens: usage?.reasoningTokens,
    costNanoUsd: costUsd === undefined ? undefined : Math.round(costUsd * NANO),
    isEstimated: estimated.length > 0,
  }
}

const NANO = 1_000_000_000
