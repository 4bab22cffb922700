import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { classify } from '../src/classify/classify.ts'
import type { Router } from '../src/core/router.ts'
import type { Facts, Target } from '../src/core/target.ts'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { readDirectives } from '../src/directives/read-directives.ts'
import { route } from '../src/route/route.ts'

const PRESETS = new URL('../policies/presets/', import.meta.url)
const TODAY = '2026-11-23'

const probeFile = z.strictObject({
  models: z.record(z.string(), z.record(z.string(), z.unknown())),
  probes: z
    .array(
      z.strictObject({
        request: z.string(),
        quality: z.record(z.string(), z.number()),
        output_tokens: z.number(),
        winner: z.string(),
        why: z.string(),
      }),
    )
    .min(3),
})
type Probe = z.infer<typeof probeFile>['probes'][number]

for (const preset of readdirSync(PRESETS)) {
  describe(preset, () => {
    const file = probeFile.parse(parse(readFileSync(new URL(`${preset}/probes.yaml`, PRESETS), 'utf8')))
    const targets = Object.entries(file.models).map(([name, facts]) => targetOf(name, facts as Facts))
    for (const probe of file.probes) {
      test(`${probe.request} ▶ ${probe.winner}: ${probe.why}`, async () => {
        const { decision } = await decide(preset, probe, targets)
        const table = decision.candidates.map(({ model, score, in_band }) => ({ model, score, in_band }))
        expect(decision.model, JSON.stringify(table)).toBe(probe.winner)
        expect(decision.policy).toBe(preset)
      })
    }
  })
}

test('every preset has a policy, probes and a README, and its policy is compiled', () => {
  const presets = readdirSync(PRESETS)
  for (const preset of presets) {
    expect(readdirSync(new URL(`${preset}/`, PRESETS)).sort()).toEqual(['README.md', 'policy.yaml', 'probes.yaml'])
  }
  expect([...builtInPolicies.keys()].sort()).toEqual(presets.sort())
})

test('the compiled flags and presets are fresh', () => {
  execFileSync(process.execPath, ['scripts/gen-policies.ts', '--check'], { stdio: 'pipe' })
})

async function decide(preset: string, probe: Probe, targets: readonly Target[]) {
  const snapshot = {
    targets: new Map(targets.map((target) => [target.id, target])),
    providers: new Map(),
    pools: new Map(),
    aliases: new Map(),
    keys: [],
    policies: builtInPolicies,
    defaultPolicy: 'balanced',
    router: { use: 'table', device: 'none', deadlineMs: 30 },
    maxBodyBytes: 1,
    maxAttempts: 1,
    timeouts: { headersMs: 1, firstPartMs: 1, idleMs: 1, totalMs: 1 },
  }
  const principal = { name: 'local', routing: {}, promptFlags: 'off' } as const
  const { directives, policy } = readDirectives({
    model: `auto:${preset}`,
    header: undefined,
    body: undefined,
    principal,
    snapshot,
  })
  return await route({
    id: 'rt_probe',
    signals: classify(requestOf(probe.request)),
    candidates: targets,
    directives,
    policy,
    router: routerOf(probe),
    deadlineMs: 30,
    live: () => undefined,
    clock: { monotonic: () => 0, now: () => 0, timer: () => ({ cancel() {}, refresh() {} }) },
    today: TODAY,
    log: () => {},
  })
}

function routerOf({ quality, output_tokens: outputTokens }: Probe): Router {
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

function requestOf(text: string) {
  return {
    model: 'auto',
    messages: [
      {
        role: 'user',
        content: [{ type: 'text', text }],
        name: undefined,
      },
    ],
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: undefined,
    sampling: {
      maxOutputTokens: undefined,
      temperature: undefined,
      topP: undefined,
      choices: undefined,
    },
    reasoning: undefined,
    responseFormat: undefined,
    stream: false,
    includeUsage: false,
    user: undefined,
    metadata: undefined,
    native: { format: 'openai-chat', body: {} },
  } as const
}
