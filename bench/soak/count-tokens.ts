import type { LedgerTotals } from '../../src/simulator/ledger.ts'

type Tokens = ReadonlyMap<string, { input: number; output: number }>

const LINE = /^thalamus_tokens_total\{model="([^"]+)",kind="(input|output)"\} (\d+)/gm

/** What both have counted so far, by the gateway's name of the model. */
export async function tokensOf(
  gateway: string,
  simulator: string,
): Promise<{ readonly gateway: Tokens; readonly simulator: Tokens }> {
  const metrics = await (await fetch(`${gateway}/metrics`)).text()
  const counted = new Map<string, { input: number; output: number }>()
  for (const [, model = '', kind, value] of metrics.matchAll(LINE)) {
    const entry = counted.get(model) ?? { input: 0, output: 0 }
    counted.set(model, { ...entry, [kind === 'input' ? 'input' : 'output']: Number(value) })
  }
  const { models } = (await (await fetch(`${simulator}/simulator/usage`)).json()) as LedgerTotals
  const names = new Map([...counted.keys()].map((name) => [name.slice(name.indexOf('/') + 1), name]))
  const sent = Object.entries(models).map(([model, totals]) => {
    const tokens = { input: totals.prompt_tokens, output: totals.completion_tokens }
    return [names.get(model) ?? model, tokens] as const
  })
  return { gateway: counted, simulator: new Map(sent) }
}
