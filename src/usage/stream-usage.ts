import type { UsageRecord } from '../core/ledger.ts'
import type { KeptUsage } from './keep-usage.ts'

/** Where records of usage go besides the ledger. Must not throw, and holds nobody up. */
export type UsageSink = (record: UsageRecord) => void

/** Tells each record that is kept to `send` as well; without a ledger, to `send` alone. */
export function streamUsage(kept: KeptUsage | undefined, send: UsageSink): KeptUsage {
  return {
    settle(record) {
      kept?.settle(record)
      send(record)
    },
    requireWritable: () => kept?.requireWritable(),
    problem: () => kept?.problem(),
    spentSince: (key, since) => kept?.spentSince(key, since) ?? 0,
    close: () => kept?.close(),
  }
}
