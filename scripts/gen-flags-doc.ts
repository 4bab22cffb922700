// Writes the generated parts of docs/flags.md: every flag through every door that takes it, and every member of other
// gateways, each with the decision it leads to. The date, the models and the router are fixed, so the same text comes out
// until one of them changes. `--check` writes nothing and fails when the file is stale.
import { readFileSync, writeFileSync } from 'node:fs'
import { routers } from '../routers/index.ts'
import { buildSnapshot } from '../src/config/build-snapshot.ts'
import { SIMULATED_POOL } from '../src/config/catalog.ts'
import { configSchema } from '../src/config/config-schema.ts'
import type { Decision } from '../src/core/decision.ts'
import { GatewayError } from '../src/core/errors.ts'
import type { JsonObject } from '../src/core/json.ts'
import { aliases } from '../src/directives/aliases.ts'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { findFlag, flags } from '../src/directives/flags.ts'
import { fromBody } from '../src/directives/from-body.ts'
import { overlay } from '../src/directives/merge.ts'
import { createGateway } from '../src/gateway.ts'
import { openGuard } from '../src/guards/index.ts'
import { createNodePorts } from '../src/platform/node/ports.ts'
import { providers } from '../src/providers/index.ts'
import type { Example } from './flag-examples.ts'
import { examplesOf, foreignExample, PROMPT, spaced } from './flag-examples.ts'

/** As an operator would add them: a contract in Europe and one in America that keep nothing, and a server of his own. */
const OWN = [
  { id: 'mistral/mistral-medium-latest', facts: { region: ['eu'], retention: 'zero', training: 'never', security: 2 } },
  {
    id: 'groq/llama-3.1-8b-instant',
    facts: { region: ['us'], retention: 'zero', training: 'never' },
  },
  {
    id: 'vllm/qwen3-8b',
    facts: { region: ['local'], local: true, params_b: 8.2, license: 'apache-2.0', open_weights: true },
  },
]
const MODELS = SIMULATED_POOL.length + OWN.length
const TODAY = Date.UTC(2026, 10, 28)
const target = new URL('../docs/flags.md', import.meta.url)
const before = readFileSync(target, 'utf8')
const gateway = await openGateway()
const plain = await tell({ model: 'auto', messages: [{ role: 'user', content: PROMPT }] })
const flagText = (
  await Promise.all(flags.map(async (flag) => section(flag.name, flag.description, examplesOf(flag))))
).join('\n\n')
const after = [
  ['without', `| written | decision |\n|---|---|\n| nothing | ${plain} |`],
  ['flags', flagText],
  ['foreign', await foreignTable()],
].reduce(replace, before)
await gateway.close()

if (!process.argv.includes('--check')) writeFileSync(target, after)
else if (after !== before) {
  console.error('docs/flags.md is stale. Run: npm run gen')
  process.exitCode = 1
}

async function section(name: string, description: string, examples: readonly Example[]): Promise<string> {
  const rows: string[] = []
  const decisions = new Set<string>()
  for (const { door, written, body, routeHeader } of examples) {
    const decision = await tell(body, routeHeader)
    decisions.add(decision)
    rows.push(`| ${door} | ${code(written)} | ${decision} |`)
  }
  if (decisions.size > 1) throw new Error(`Not every door takes ${name} alike:\n${rows.join('\n')}`)
  return [`### ${name}`, '', description, '', '| door | written | decision |', '|---|---|---|', ...rows].join('\n')
}

async function foreignTable(): Promise<string> {
  const rows: string[] = []
  for (const alias of aliases) {
    const said = foreignExample(alias)
    const body = { model: 'auto', messages: [{ role: 'user', content: PROMPT }], ...said }
    const decision = await tell(body, undefined, alias.kind === 'order')
    rows.push(
      `| ${alias.from} | ${code(spaced(said).slice(2, -2))} | ${alias.kind} | ${alias.description} | ${decision} |`,
    )
  }
  return ['| from | written | kind | means | decision |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** A decision in one line. */
async function tell(body: JsonObject, routeHeader?: string, isPlanTold = false): Promise<string> {
  try {
    const decision = await gateway.decide({ body, ...(routeHeader === undefined ? {} : { routeHeader }) })
    return summary(decision, isPlanTold)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return `**${thrown.status}** ${thrown.message.replaceAll('|', '\\|')}`
  }
}

function summary(decision: Decision, isPlanTold: boolean): string {
  const { model, policy, reason, candidates, dropped, warnings = [] } = decision
  const { cost_usd: cost } = candidates[0] ?? {}
  const limits = [...new Set(dropped.map(({ constraint }) => constraint))].join(', ')
  const out = new Set(dropped.map((one) => one.model)).size
  return [
    `**${model}**`,
    `policy ${policy}`,
    reason,
    ...(cost === undefined ? [] : [`$${cost.toPrecision(3)}`]),
    ...(isPlanTold && decision.plan !== undefined ? [`then ${planOf(decision)}`] : []),
    ...(out === 0 ? [] : [`${out} of ${MODELS} out by ${limits}`]),
    ...warnings.map(({ path }) => `loss: \`${path}\``),
  ].join('; ')
}

/** Who is tried when the first fails. */
function planOf({ plan = [] }: Decision): string {
  return plan.length < 2 ? 'nobody' : plan.slice(1, 4).join(', ') + (plan.length > 4 ? ', …' : '')
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

function replace(text: string, [name, made]: readonly string[]): string {
  const start = `<!-- generated: ${name} -->\n`
  const at = text.indexOf(start)
  const end = text.indexOf('<!-- end -->', at)
  if (at < 0 || end < 0) throw new Error(`docs/flags.md has no place for ${name}.`)
  return `${text.slice(0, at + start.length)}${made}\n${text.slice(end)}`
}

function configured(name: string): JsonObject {
  if (providers.has(name)) return { key: 'env:NONE' }
  return { type: 'openai-compatible', base_url: `https://${name}.invalid/v1`, key: 'env:NONE' }
}

async function openGateway() {
  const ids = [...SIMULATED_POOL, ...OWN.map(({ id }) => id)]
  const names = new Set(ids.map((id) => id.split('/', 1)[0] ?? id))
  const config = configSchema.parse({
    providers: Object.fromEntries([...names].map((name) => [name, configured(name)])),
    models: [...SIMULATED_POOL, ...OWN],
    router: { use: 'static' },
  })
  const secrets = { read: () => 'none' }
  const built = await buildSnapshot(config, {
    providers,
    policies: builtInPolicies,
    routers: routers.keys(),
    secrets,
    readRouting: (routing) => fromBody(routing),
    openGuard,
    isFlag: (name) => findFlag(name, 'model') !== undefined,
    overlay,
  })
  if ('problems' in built) throw new Error(JSON.stringify(built.problems))
  const inference = { open: () => Promise.reject(new Error('No model is run.')), close: () => Promise.resolve() }
  const ports = createNodePorts({ inference, secrets, log: () => undefined })
  const clock = { ...ports.clock, now: () => TODAY }
  return createGateway({ snapshot: built.snapshot, ports: { ...ports, clock }, routers })
}
