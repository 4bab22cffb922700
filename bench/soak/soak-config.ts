import { FAULTY, FORMATS, LEFT, ORDINARY } from './traffic.ts'

/** A gateway whose providers are all one simulator; `auto/faultN` has a faulty target and a healthy one. */
export function soakConfig(simulator: string): object {
  const facts = (price: number) => ({
    price_in: price,
    price_out: price,
    context_tokens: 8_000_000,
    max_output_tokens: 4_000_000,
    tools: true,
  })
  const second = 'sim-openai-chat/second/ok;tokens=20'
  const faulty = FAULTY.map(([fault], index) => `sim-${FORMATS[index % FORMATS.length]}/${fault}`)
  return {
    providers: Object.fromEntries(
      FORMATS.map((format) => [`sim-${format}`, { format, base_url: simulator + basePath(format) }]),
    ),
    models: [
      ...[...faulty, ...ORDINARY, ...LEFT].map((id) => ({ id, facts: facts(1) })),
      { id: second, facts: facts(2) },
    ],
    pools: Object.fromEntries(faulty.map((id, index) => [`fault${index}`, { models: [id, second] }])),
    router: { use: 'uniform' },
    ledger: { sqlite: 'usage.sqlite' },
  }
}

function basePath(format: string): string {
  if (format.startsWith('openai-')) return '/v1'
  return format === 'gemini-generate' ? '/v1beta' : ''
}
