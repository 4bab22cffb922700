import golden from '../../routers/clusters/golden.json' with { type: 'json' }
import more from '../../routers/static/golden.json' with { type: 'json' }

// What is asked of gateways in different runtimes, and what of their answers has to be the same.

/** `thalamus.yaml` with a router. */
export const configWith = (router: string): string => `
server: { keys: [{ name: me, key: env:CALLER_KEY, prompt_flags: tighten }] }
providers: { simulated: { base_url: http://127.0.0.1:9/v1 } }
models:
  - simulated/openai/gpt-5-mini
  - simulated/openai/gpt-5
  - simulated/anthropic/claude-haiku-4-5
  - simulated/anthropic/claude-sonnet-4-5
  - simulated/deepseek/deepseek-chat
  - simulated/google/gemini-2.5-flash
  - { id: simulated/acme/unknown, facts: { price_in: 1, price_out: 3, context_tokens: 32000, max_output_tokens: 4000, region: [eu] } }
pools: { dear: { models: ["simulated/openai/*", "simulated/anthropic/*"], preset: best } }
router: { use: ${router}, deadline_ms: 30000 }
`
/** By the names of their variables. */
export const SECRETS = { CALLER_KEY: 'caller-key' }
const MODELS = ['auto', 'auto:cheap', 'auto:best', 'auto:fast+max_cost=0.02', 'auto/dear:balanced']
const HEADERS = ['', 'weight.cost=3, weight.latency=2', 'require.region=("eu")', 'max.cost_usd=0.001']
const PROMPTS = [...golden.cases, ...more.cases].map(({ prompt }) => prompt)

export type Asking = { readonly body: object; readonly header: string }

/** Each prompt as one format says it; flags and headers in turn. */
export function askings(): Asking[] {
  return PROMPTS.flatMap((prompt, index) => {
    const model = MODELS[index % MODELS.length] ?? 'auto'
    const header = HEADERS[Math.floor(index / MODELS.length) % HEADERS.length] ?? ''
    const messages = [{ role: 'user', content: prompt }]
    const parts = [{ role: 'user', parts: [{ text: prompt }] }]
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]
    const bodies: object[] = [
      { model, messages },
      { model, messages: [{ role: 'system', content: 'Be brief.' }, ...messages], tools },
      { model, input: prompt, instructions: 'Answer in German.' },
      { model, messages, max_tokens: 500, system: 'You are a poet.' },
      { model, contents: parts },
      { model, messages: [{ role: 'user', content: `${prompt}\n[flag: cheap]` }] },
    ]
    return bodies.map((body) => ({ body, header }))
  })
}

/** The decision on it, without its id and its time. */
export async function receipt(url: string, { body, header }: Asking): Promise<unknown> {
  const response = await fetch(`${url}/v1/route`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${SECRETS.CALLER_KEY}`,
      ...(header === '' ? {} : { 'x-route': header }),
    },
    body: JSON.stringify(body),
  })
  const { id: _id, elapsed_ms: _elapsed, ...said } = (await response.json()) as Record<string, unknown>
  return { status: response.status, ...said }
}
