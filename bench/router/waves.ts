// Asks a gateway for decisions, in waves of so many at once: `node waves.ts URL SIZE`, the prompts as JSON on the
// standard input. A process of its own, so that its work is not the gateway's.
import { readFileSync } from 'node:fs'
import { Agent, request } from 'undici'

const [, , url = '', size = '64'] = process.argv
const prompts: readonly string[] = JSON.parse(readFileSync(0, 'utf8'))
const dispatcher = new Agent({ connections: Number(size) })
let missed = 0

for (let from = 0; from < prompts.length; from += Number(size)) {
  await Promise.all(prompts.slice(from, from + Number(size)).map(ask))
}
await dispatcher.close()
console.log(JSON.stringify({ missed }))

async function ask(prompt: string): Promise<void> {
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }] })
  const headers = { 'content-type': 'application/json' }
  const answer = await request(`${url}/v1/route`, { method: 'POST', dispatcher, headers, body })
  const decision: unknown = await answer.body.json()
  const isRouted = typeof decision === 'object' && decision !== null && 'router_timed_out' in decision
  if (!isRouted || decision.router_timed_out !== false) missed += 1
}
