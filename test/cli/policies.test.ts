import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Running } from './program.ts'
import { runProgram, startProgram } from './program.ts'

// Policies of the operator's own: in the configuration and as files beside it.

let running: Running | undefined
afterEach(async () => {
  await running?.stop()
  running = undefined
})

const CONFIG = `providers: { up: { base_url: "http://127.0.0.1:9/v1" } }
models:
  - { id: up/dear, facts: { price_in: 5, price_out: 20, region: [eu] } }
  - { id: up/fair, facts: { price_in: 1, price_out: 4, region: [us] } }
router: { use: uniform }
policies:
  long:
    match: { signals: { prompt_tokens: { min: 200 } } }
    routing: { models: [up/dear] }
`
const SUPPORT = `description: Questions of customers.
extends: cheap
match: { metadata: { app: "help*" }, path: /v1/chat/completions }
routing: { require: { region: [eu] } }
`
const PROBES = `models:
  dear: { price_in: 5, price_out: 20, region: [eu] }
  fair: { price_in: 1, price_out: 4, region: [us] }
probes:
  - { request: "Where is my parcel?", quality: { dear: 0.9, fair: 0.9 }, output_tokens: 50, winner: dear, why: "only it is in Europe" }
`

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-policies-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

async function decided(body: object): Promise<{ readonly model: string; readonly policy: string }> {
  const response = await fetch(`${running?.url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Where is my parcel?' }], ...body }),
  })
  const { model, policy } = (await response.json()) as { readonly model: string; readonly policy: string }
  return { model, policy }
}

test('the first policy that matches governs; one can be named, and an edit of its file counts at once', async () => {
  const folder = folderWith({ 'thalamus.policies/support/policy.yaml': SUPPORT })
  running = await startProgram(['serve', '--port', '0'], { config: CONFIG, folder })
  expect(await decided({})).toEqual({ model: 'up/fair', policy: 'balanced' })
  expect(await decided({ metadata: { app: 'helpdesk' } })).toEqual({ model: 'up/dear', policy: 'support' })
  expect(await decided({ model: 'auto:support' })).toEqual({ model: 'up/dear', policy: 'support' })
  const long = [{ role: 'user', content: 'A word and another. '.repeat(100) }]
  expect(await decided({ messages: long })).toEqual({ model: 'up/dear', policy: 'long' })
  // A preset that the caller names governs instead, and loosens no limit of the policy that matched.
  expect(await decided({ model: 'auto:best', metadata: { app: 'helpdesk' } })).toEqual({
    model: 'up/dear',
    policy: 'best',
  })
  writeFileSync(join(folder, 'thalamus.policies/support/policy.yaml'), SUPPORT.replace('help*', 'other'))
  await running.until(/config_reloaded/)
  expect(await decided({ metadata: { app: 'helpdesk' } })).toEqual({ model: 'up/fair', policy: 'balanced' })
})

test('check runs the probes of a policy, and names those that are decided otherwise', async () => {
  const files = { 'thalamus.policies/support/policy.yaml': SUPPORT, 'thalamus.policies/support/probes.yaml': PROBES }
  const good = await runProgram(['check'], { config: CONFIG, folder: folderWith(files) })
  expect([good.status, good.stderr]).toEqual([0, ''])
  const turned = { ...files, 'thalamus.policies/support/probes.yaml': PROBES.replace('winner: dear', 'winner: fair') }
  const { status, stdout, stderr } = await runProgram(['check'], { config: CONFIG, folder: folderWith(turned) })
  expect(status).toBe(1)
  expect(stdout + stderr).toMatch(/probes\.yaml: probes\.0[\s\S]*dear wins[\s\S]*not fair[\s\S]*only it is in Europe/)
})

test('every mistake in a policy has its place and a remedy', async () => {
  const config = `${CONFIG}  balanced: {}
  Support: {}
  eu: {}
  odd: { extends: cheep, routing: { weights: { cots: 1 } } }
  worse: { routing: { weights: { cots: 1 } }, shadow: { model: up/none, share: 2 } }
`
  const { status, stderr, stdout } = await runProgram(['check'], { config })
  expect(status).toBe(1)
  expect(stdout + stderr).toMatch(/policies\.worse\.shadow\.share[\s\S]*too large/)
  const known = config.replace('share: 2', 'share: 1')
  const { stderr: text, stdout: more } = await runProgram(['check'], { config: known })
  for (const place of [
    /policies\.balanced[\s\S]*is a preset already/,
    /policies\.Support[\s\S]*is no name for a policy/,
    /policies\.eu[\s\S]*is a flag already/,
    /policies\.odd\.extends[\s\S]*Did you mean "cheap"/,
    /policies\.worse\.routing\.weights\.cots/,
    /policies\.worse\.shadow\.model[\s\S]*"up\/none" is not configured/,
  ])
    expect(more + text).toMatch(place)
  const folder = folderWith({ 'thalamus.policies/mine/policy.yaml': 'mach: {}\n', 'thalamus.policies/none/x.txt': '' })
  const files = await runProgram(['check'], { config: CONFIG, folder })
  expect(files.stdout + files.stderr).toMatch(
    /mine\/policy\.yaml: mach[\s\S]*unknown key[\s\S]*none\/policy\.yaml[\s\S]*is missing/,
  )
})

test('a condition that could never hold is refused, with what could', async () => {
  const written = (match: string): string => `${CONFIG}  never: { match: ${match} }\n`
  for (const [match, problem] of [
    ['{ path: /v1/message }', /never\.match\.path[\s\S]*no path that is routed[\s\S]*\/v1\/messages/],
    ['{ signals: { tool: true } }', /never\.match\.signals\.tool[\s\S]*Did you mean "tools"/],
    ['{ signals: { phase: { min: 3 } } }', /never\.match\.signals\.phase[\s\S]*tool-loop/],
    ['{ signals: { tools: tool-loop } }', /never\.match\.signals\.tools[\s\S]*min: 8000/],
    ['{ signals: { images: { min: 1 } } }', /never\.match\.signals\.images[\s\S]*true or false/],
  ] as const) {
    const { status, stdout, stderr } = await runProgram(['check'], { config: written(match) })
    expect([status, stdout + stderr]).toEqual([1, expect.stringMatching(problem)])
  }
})

test('what is wrong in the folder of policies is said, not thrown', async () => {
  const links = folderWith({ 'thalamus.policies/mine/policy.yaml': 'mach: {}\n' })
  symlinkSync('/nowhere', join(links, 'thalamus.policies/gone'))
  const linked = await runProgram(['check'], { config: CONFIG, folder: links })
  expect(linked.stderr + linked.stdout).toMatch(/gone\/policy\.yaml[\s\S]*is missing[\s\S]*Did you mean "match"/)
  const folder = folderWith({ 'thalamus.policies': 'a file' })
  const { status, stdout, stderr } = await runProgram(['check'], { config: CONFIG, folder })
  expect([status, stdout + stderr]).toEqual([1, expect.stringMatching(/thalamus\.policies: is a file/)])
})
