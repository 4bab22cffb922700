import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'

// The whole way from prompt to decision, as a new user meets it: no configuration, the real router, the default policy.

const MAIN = fileURLToPath(new URL('../../src/platform/node/main.ts', import.meta.url))

/** A router that is late on a busy machine says nothing of its choice: asked again, five times at most. */
async function route(prompt: string, flags = ''): Promise<Decision> {
  let decision = await decide(prompt, flags)
  for (let retry = 0; retry < 4 && decision.router_timed_out; retry += 1) decision = await decide(prompt, flags)
  return decision
}

async function decide(prompt: string, flags: string): Promise<Decision> {
  const { PATH = '', HOME = '' } = process.env
  const options = { cwd: mkdtempSync(join(tmpdir(), 'thalamus-')), env: { PATH, HOME } }
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [MAIN, 'route', prompt, '--json', '--flags', flags],
    options,
  )
  return JSON.parse(stdout)
}

const TRANSLATION = "Translate 'good morning' to French."
const PROOF = 'Prove that there are infinitely many primes congruent to 3 modulo 4.'
const REFACTORING = 'Migrate this Express codebase to Fastify, module by module, with tests staying green.'

const cost = (decision: Decision, model: string): number =>
  decision.candidates.find((candidate) => candidate.model === model)?.cost_usd ?? Number.NaN

test('three kinds of prompts have three winners, the trivial one a cheap model', async () => {
  const [translation, proof, refactoring] = await Promise.all(
    [TRANSLATION, PROOF, REFACTORING].map((prompt) => route(prompt, 'cheap')),
  )
  if (translation === undefined || proof === undefined || refactoring === undefined) throw new Error('no decision')
  expect(new Set([translation.model, proof.model, refactoring.model]).size).toBe(3)
  expect(translation.candidates.length).toBeGreaterThanOrEqual(6)
  const costs = translation.candidates.map((candidate) => candidate.cost_usd ?? Number.POSITIVE_INFINITY)
  expect(cost(translation, translation.model)).toBe(Math.min(...costs))
})

test('hard prompts go to a model near the best of all', async () => {
  for (const decision of await Promise.all([PROOF, REFACTORING].map((prompt) => route(prompt)))) {
    const qualities = decision.candidates.map((candidate) => candidate.quality ?? 0)
    const winner = decision.candidates.find((candidate) => candidate.model === decision.model)
    expect(winner?.quality ?? 0).toBeGreaterThan(Math.max(...qualities) - 0.05)
  }
})

test('cheap costs no more than balanced, balanced no more than best', async () => {
  const [cheap, balanced, best] = await Promise.all(['cheap', 'balanced', 'best'].map((flags) => route(PROOF, flags)))
  if (cheap === undefined || balanced === undefined || best === undefined) throw new Error('no decision')
  expect(cost(cheap, cheap.model)).toBeLessThanOrEqual(cost(balanced, balanced.model))
  expect(cost(balanced, balanced.model)).toBeLessThanOrEqual(cost(best, best.model))
})
