import { DatabaseSync } from 'node:sqlite'
import type { LedgerTotals } from '../../src/simulator/ledger.ts'

export type Tokens = { readonly input: number; readonly output: number; readonly estimated: number }

/** What the gateway has written down, and what the simulator has sent, by the gateway's name of the model. */
export async function tokensOf(
  ledger: string,
  simulator: string,
): Promise<{ readonly ledger: ReadonlyMap<string, Tokens>; readonly simulator: ReadonlyMap<string, Tokens> }> {
  const rows = new DatabaseSync(ledger, { readOnly: true })
    .prepare(
      'SELECT model, sum(input_tokens) AS input, sum(output_tokens) AS output, sum(estimated) AS estimated FROM usage GROUP BY model',
    )
    .all() as unknown as readonly (Tokens & { readonly model: string })[]
  const written = new Map(rows.map(({ model, ...tokens }) => [model, tokens]))
  const { models } = (await (await fetch(`${simulator}/simulator/usage`)).json()) as LedgerTotals
  const names = new Map([...written.keys()].map((name) => [name.slice(name.indexOf('/') + 1), name]))
  const sent = Object.entries(models).map(([model, totals]) => {
    const tokens = { input: totals.prompt_tokens, output: totals.completion_tokens, estimated: 0 }
    return [names.get(model) ?? model, tokens] as const
  })
  return { ledger: written, simulator: new Map(sent) }
}
