import { existsSync } from 'node:fs'
import { loadSqlite } from './load-sqlite.ts'

/** By what usage is summed. */
export const GROUPS = ['key', 'model', 'day'] as const
export type Group = (typeof GROUPS)[number]

/** What one key, model or day (UTC) used. */
export type UsageSum = {
  readonly name: string
  readonly calls: number
  /** Attempts and copies that cost and reached nobody; their tokens and cost are in the sums. */
  readonly unseen: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cost_usd: number
  /** The part of it that rests on estimated tokens. */
  readonly estimated_usd: number
  /** Records whose model has no known price: the cost is too low by them. */
  readonly unpriced: number
}

const BY: Readonly<Record<Group, string>> = {
  key: 'key',
  model: 'model',
  day: "strftime('%Y-%m-%d', at_ms / 1000, 'unixepoch')",
}

/** Sums of a ledger, also of one that a gateway is writing at the moment; the largest cost first, days in their order. */
export async function readUsage(path: string, by: Group, since: number): Promise<readonly UsageSum[]> {
  if (!existsSync(path)) throw new Error('there is no such file')
  const { DatabaseSync } = await loadSqlite()
  const database = new DatabaseSync(path, { readOnly: true, timeout: 1_000 })
  try {
    const query = database.prepare(
      `SELECT ${BY[by]} AS name, sum(role = 'answer') AS calls, sum(role <> 'answer') AS unseen,
         total(input_tokens) AS input_tokens, total(output_tokens) AS output_tokens,
         total(cost_nano_usd) / 1e9 AS cost_usd, total(iif(estimated, cost_nano_usd, 0)) / 1e9 AS estimated_usd,
         sum(cost_nano_usd IS NULL) AS unpriced
       FROM usage WHERE at_ms >= ? GROUP BY name ORDER BY ${by === 'day' ? 'name' : 'cost_usd DESC, name'}`,
    )
    return query.all(since).map((row) => {
      const count = (member: keyof UsageSum): number => Number(row[member])
      return {
        name: String(row['name']),
        calls: count('calls'),
        unseen: count('unseen'),
        input_tokens: count('input_tokens'),
        output_tokens: count('output_tokens'),
        cost_usd: count('cost_usd'),
        estimated_usd: count('estimated_usd'),
        unpriced: count('unpriced'),
      }
    })
  } finally {
    database.close()
  }
}
