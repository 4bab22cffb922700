// What sessions do to conversations of an agent: switches, unsafe ones, cost and predicted quality. docs/sessions.md
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { routers } from '../../routers/index.ts'
import type { Router } from '../../src/core/router.ts'
import type { SessionSettings } from '../../src/core/session.ts'
import { SESSION_DEFAULTS } from '../../src/core/session.ts'
import type { Target } from '../../src/core/target.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import { createInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { BUILT_IN_PROBES, readProbes } from '../../src/platform/node/read-probes.ts'
import { route } from '../../src/route/route.ts'
import type { SessionState } from '../../src/sessions/session-state.ts'
import type { Session } from '../../src/sessions/sessions.ts'
import { createSessions } from '../../src/sessions/sessions.ts'
import { origin } from '../origin.ts'
import { generator } from '../route/pool.ts'
import { openBill } from './cache-bill.ts'
import type { SimulatedCall } from './conversations.ts'
import { simulateConversations } from './conversations.ts'
import { POOLS } from './pools.ts'

const STRATEGIES = { 'every call by itself': 'single', 'first model for ever': 'sticky', sessions: 'sessions' } as const
type Strategy = (typeof STRATEGIES)[keyof typeof STRATEGIES]

const { values: options } = parseArgs({
  options: {
    conversations: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    router: { type: 'string', default: 'clusters' },
    policies: { type: 'string', default: 'balanced,cheap,best' },
    pools: { type: 'string', default: 'simulated,mixed,catalog' },
    json: { type: 'string' },
  },
})

const conversations = simulateConversations(
  Number(options.conversations),
  promptsOfProbes(),
  generator(Number(options.seed)),
)
const router = await openRouter()
const rows = []
for (const pool of options.pools.split(',')) {
  const targets = POOLS[pool]
  if (targets === undefined) throw new Error(`There is no pool ${pool}.`)
  for (const policy of options.policies.split(',')) {
    for (const [strategy, how] of Object.entries(STRATEGIES)) {
      rows.push({ pool: `${pool} (${targets.length})`, policy, strategy, ...(await measure(targets, policy, how)) })
    }
  }
}
console.log(`${conversations.length} conversations, ${rows[0]?.calls} calls, router ${router.name}`)
console.table(rows)
if (options.json !== undefined)
  writeFileSync(
    options.json,
    `${JSON.stringify({ ...origin('bench/sessions/run.ts'), router: router.name, rows }, undefined, 2)}\n`,
  )
await router.close()
process.exit(rows.some(({ strategy, unsafe }) => strategy === 'sessions' && unsafe > 0) ? 1 : 0)

async function measure(targets: readonly Target[], policy: string, how: Strategy) {
  const sum = { calls: 0, switches: 0, unsafe: 0, cost: 0, quality: 0 }
  for (const conversation of conversations) {
    const bill = openBill()
    const decide = decider({ id: conversation.id, targets, policyName: policy, how })
    let before: string | undefined
    for (const call of conversation.calls) {
      const chosen = await decide(call)
      sum.calls += 1
      sum.quality += chosen.quality
      sum.cost += bill(chosen.target, call.signals.promptTokens, chosen.outputTokens, call.at)
      if (before !== undefined && before !== chosen.target.id) {
        sum.switches += 1
        if (call.isInLoop || call.isBound) sum.unsafe += 1
      }
      before = chosen.target.id
    }
  }
  const { calls, switches, unsafe } = sum
  const quality = Number((sum.quality / calls).toFixed(4))
  return { calls, switches, unsafe, cost_usd: Number(sum.cost.toFixed(2)), quality }
}

type Chosen = { readonly target: Target; readonly quality: number; readonly outputTokens: number }

type Deciding = {
  readonly id: string
  readonly targets: readonly Target[]
  readonly policyName: string
  readonly how: Strategy
}

/** Chooses for the calls of one conversation, in their order. */
function decider({ id, targets, policyName, how }: Deciding): (call: SimulatedCall) => Promise<Chosen> {
  const policy = builtInPolicies.get(policyName)
  if (policy === undefined) throw new Error(`There is no policy ${policyName}.`)
  const { directives } = policy
  let now = 0
  let first: string | undefined
  const sessions = createSessions({ store: createStore<SessionState>(10), now: () => now, digest })
  const settings: SessionSettings = { ...SESSION_DEFAULTS, isEnabled: how === 'sessions' }
  return async ({ chat, signals, at }) => {
    now = at
    const session: Session | undefined = await sessions.open({
      id,
      chat,
      tenant: 'bench',
      session: undefined,
      header: () => undefined,
      signals,
      directives,
      pool: undefined,
      settings,
    })
    const { ranked, decision, shares } = await route({
      id,
      signals,
      candidates: targets,
      directives,
      policy,
      router,
      previous: session?.previous,
      deadlineMs: 10_000,
      live: () => undefined,
      clock: { monotonic: () => performance.now(), now: () => now, timer: (ms, fire) => timerOf(ms, fire) },
      today: '2026-11-28',
      log: (_, event, fields) => console.error(event, fields),
    })
    first ??= ranked[0]?.id
    const winner = how === 'sticky' ? first : ranked[0]?.id
    const target = targets.find((one) => one.id === winner)
    const candidate = decision.candidates.find(({ model }) => model === winner)
    if (target === undefined || candidate === undefined) throw new Error('No model was chosen.')
    session?.answered({ targetId: target.id, usage: undefined, responseId: undefined, shares })
    return { target, quality: candidate.quality ?? 0, outputTokens: candidate.output_tokens ?? 0 }
  }
}

function timerOf(milliseconds: number, fire: () => void) {
  const timer = setTimeout(fire, milliseconds)
  return { cancel: () => clearTimeout(timer), refresh: () => void timer.refresh() }
}

/** Prompts of one turn of a user, by what they are about. */
function promptsOfProbes(): { readonly kind: string; readonly text: string }[] {
  const read = readProbes(BUILT_IN_PROBES)
  if ('problems' in read) throw new Error(read.problems.map(({ problem }) => problem).join('\n'))
  return read.probes.flatMap(({ kind, prompt }) => (prompt === undefined ? [] : [{ kind, text: prompt }]))
}

async function openRouter(): Promise<Router> {
  const definition = routers.get(options.router)
  if (definition === undefined) throw new Error(`There is no router ${options.router}.`)
  return definition.open(definition.settings.parse({}), { inference: createInference(), createStore, digest })
}
