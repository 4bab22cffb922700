import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { classify } from '../../classify/classify.ts'
import type { PolicyProbe } from '../../config/policy-probe-schema.ts'
import { policyProbeFile } from '../../config/policy-probe-schema.ts'
import type { Problem } from '../../config/problem.ts'
import { schemaProblems } from '../../config/read-config.ts'
import type { Decision } from '../../core/decision.ts'
import type { Policy } from '../../core/policy.ts'
import type { Router } from '../../core/router.ts'
import type { Facts, Target } from '../../core/target.ts'
import { readDirectives } from '../../directives/read-directives.ts'
import { route } from '../../route/route.ts'
import { openaiChat } from '../../wire/openai-chat/index.ts'
import { DataProblem } from './data-problem.ts'

export type PolicyProbes = { readonly models: readonly Target[]; readonly probes: readonly PolicyProbe[] }

/** The day on which probes are decided, so that the age of a model turns none. */
export const PROBE_DAY = '2026-11-23'

/** Throws a `DataProblem` that says what is wrong with the file. */
export function readPolicyProbes(path: string): PolicyProbes {
  let value: unknown
  try {
    value = parse(readFileSync(path, 'utf8'))
  } catch {
    throw new DataProblem(`${path} cannot be read as YAML.`)
  }
  const parsed = policyProbeFile.safeParse(value)
  if (!parsed.success) {
    const [first] = schemaProblems(parsed.error, policyProbeFile)
    throw new DataProblem(`${path}: ${first?.path}: ${first?.problem}`)
  }
  const { models, probes } = parsed.data
  return { probes, models: Object.entries(models).map(([name, facts]) => targetOf(name, facts as Facts)) }
}

/** The decision of one probe under a policy: the policy is tested, not the router. */
export async function decideProbe(
  name: string,
  probe: PolicyProbe,
  models: readonly Target[],
  policies: ReadonlyMap<string, Policy>,
): Promise<Decision> {
  const snapshot = {
    targets: new Map(models.map((target) => [target.id, target])),
    providers: new Map(),
    pools: new Map(),
    aliases: new Map(),
    keys: [],
    policies,
    defaultPolicy: name,
    router: { use: 'table', device: 'none', deadlineMs: 30 },
    maxBodyBytes: 1,
    maxAttempts: 1,
    timeouts: { headersMs: 1, firstPartMs: 1, idleMs: 1, totalMs: 1 },
  }
  const principal = { name: 'local', routing: {}, promptFlags: 'off' } as const
  const { directives, policy } = readDirectives({
    model: 'auto',
    header: undefined,
    body: undefined,
    principal,
    snapshot,
  })
  const request = openaiChat.readRequest({ model: 'auto', messages: [{ role: 'user', content: probe.request }] })
  const { decision } = await route({
    id: 'rt_probe',
    signals: classify(request),
    candidates: models,
    directives,
    policy,
    router: routerOf(probe),
    deadlineMs: 1_000,
    live: () => undefined,
    clock: { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
    today: PROBE_DAY,
    log: () => {},
  })
  return decision
}

/** Every probe of a policy that is decided otherwise than it says, as problems of its file. */
export async function failedProbes(
  name: string,
  path: string,
  policies: ReadonlyMap<string, Policy>,
): Promise<Problem[]> {
  const { models, probes } = readPolicyProbes(path)
  const problems: Problem[] = []
  for (const [index, probe] of probes.entries()) {
    const expected = [probe.winner].flat()
    const won = await decideProbe(name, probe, models, policies).then(
      ({ model, reason }) => ({ model, text: `${model} wins (${reason})` }),
      (cause: unknown) => ({ model: undefined, text: cause instanceof Error ? cause.message : String(cause) }),
    )
    if (won.model !== undefined && expected.includes(won.model)) continue
    const remedy = `Change the policy "${name}", or the probe: ${probe.why}`
    problems.push({ path: `${path}: probes.${index}`, problem: `${won.text}, not ${expected.join(' or ')}`, remedy })
  }
  return problems
}

function routerOf({ quality, output_tokens: outputTokens }: PolicyProbe): Router {
  return {
    name: 'table@1',
    device: 'none',
    predict: ({ candidates }) => ({
      predictions: candidates.map(({ id }) => ({ quality: quality[id] ?? Number.NaN, uncertainty: 0, outputTokens })),
      truncated: false,
    }),
    close: async () => {},
  }
}

function targetOf(name: string, facts: Facts): Target {
  return {
    id: name,
    provider: 'probe',
    model: name,
    format: 'openai-chat',
    baseUrl: 'http://probe.invalid',
    catalogId: undefined,
    facts: { modalities_in: ['text'], tools: true, context_tokens: 128_000, ...facts },
  }
}
