import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { builtInPolicies } from '../src/directives/built-in-policies.ts'
import { decideProbe, readPolicyProbes } from '../src/platform/node/policy-probes.ts'

const PRESETS = new URL('../policies/presets/', import.meta.url)

for (const preset of readdirSync(PRESETS)) {
  describe(preset, () => {
    const { models, probes } = readPolicyProbes(fileURLToPath(new URL(`${preset}/probes.yaml`, PRESETS)))
    test('has probes enough', () => expect(probes.length).toBeGreaterThanOrEqual(3))
    for (const probe of probes) {
      test(`${probe.request} ▶ ${String(probe.winner)}: ${probe.why}`, async () => {
        const decision = await decideProbe(preset, probe, models, builtInPolicies)
        const table = decision.candidates.map(({ model, score, in_band }) => ({ model, score, in_band }))
        expect([probe.winner].flat(), JSON.stringify(table)).toContain(decision.model)
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
