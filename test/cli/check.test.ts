import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { runProgram } from './program.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const config = (): string => `server:
  keys: [{ name: team-a, key: env:TEAM_A, limits: { concurrent: 3 }, budget: { usd: 5, per: day } }]
providers: { up: { base_url: "${simulator.url}/v1", key: env:UP_KEY } }
models: [up/ok, up/dribble]
pools: { both: { models: ["up/*"] } }
telemetry: { prompts: true }
`
const environment = { TEAM_A: 'the-team-a-secret', UP_KEY: 'the-upstream-secret' }

test('a good configuration is shown as a table, with what is not enforced yet', async () => {
  const { status, stdout, stderr } = await runProgram(['check'], { config: config(), environment })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/provider +models +known +key +address\nup +2 +0 +env:UP_KEY +http:/)
  expect(stdout).toMatch(/pools +both \(2\)/)
  expect(stdout).toMatch(/router +clusters@\d+ on \w+, [\d.]+ ms/)
  expect(stdout).toMatch(/devices +cpu: ran the golden prompts, [\d.]+ ms each/)
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'note: budgets of keys pay nothing for models whose price is not known: up/ok, up/dribble.',
  )
  expect(stdout).toContain('note: telemetry.prompts is accepted')
  expect(stdout).toContain('ready to serve')
  expect(stdout).not.toContain('secret')
  expect(status).toBe(0)
})

test('--json has the same findings', async () => {
  const { status, stdout } = await runProgram(['check', '--json'], { config: config(), environment })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    problems: [],
    source: 'thalamus.yaml',
    keys: ['team-a'],
    policy: 'balanced',
    router: { name: expect.stringMatching(/^clusters@/), device: expect.any(String), is_late: false },
    providers: [{ name: 'up', type: 'openai-compatible', key: 'env:UP_KEY', models: 2, in_catalogue: 0 }],
    pools: [{ name: 'both', models: 2 }],
    unpriced: ['up/ok', 'up/dribble'],
    not_enforced: ['telemetry.prompts'],
  })
})

test('a bad configuration: status 1 and every problem with its remedy', async () => {
  const bad =
    'server: { host: 0.0.0.0 }\nproviders: { up: { base_url: "http://127.0.0.1:9/v1", key: env:NOWHERE } }\nmodels: [up/a, up/a]\n'
  const { status, stdout, stderr } = await runProgram(['check'], { config: bad })
  expect(status).toBe(1)
  expect(stdout).not.toContain('ready')
  expect(stderr).toContain('server.host: 0.0.0.0 is a public address and no keys are configured\n  Add server.keys')
  expect(stderr).toContain('providers.up.key: env:NOWHERE is not set\n  Set NOWHERE in the environment.')
  expect(stderr).toContain('models[1]: "up/a" is listed twice')
  const asJson = await runProgram(['check', '--json'], { config: bad })
  expect(asJson.status).toBe(1)
  const { ok, problems } = JSON.parse(asJson.stdout)
  expect(ok).toBe(false)
  expect(problems.map(({ path }: { path: string }) => path)).toEqual(['server.host', 'providers.up.key', 'models[1]'])
})

test('a configuration that is not there: status 1 and where to look', async () => {
  const { status, stderr } = await runProgram(['check', '--config', 'nowhere.yaml'])
  expect(status).toBe(1)
  expect(stderr).toContain('nowhere.yaml: there is no such file\n  Check the path given with --config.')
})

test('a device that was asked for and does not run: status 1, the reason and a remedy, and what was found instead', async () => {
  // No machine has both: DirectML is for Windows, Core ML for macOS.
  const absent = process.platform === 'win32' ? 'coreml' : 'dml'
  const text = `${config()}router: { device: ${absent} }\n`
  const { status, stdout, stderr } = await runProgram(['check'], { config: text, environment })
  expect(status).toBe(1)
  expect(stdout).toMatch(/router +clusters@\d+ on cpu/)
  expect(stdout).toMatch(/devices +cpu: ran the golden prompts, [\d.]+ ms each/)
  expect(stderr).toMatch(new RegExp(`router.device: ${absent} is not used: .* has no ${absent}, only .*cpu`))
  expect(stderr).toContain('write router.device: auto. The gateway would use the CPU.')
})

test('a router without a model has no device', async () => {
  const text = `${config()}router: { use: uniform }\n`
  const { status, stdout } = await runProgram(['check'], { config: text, environment })
  expect([status, stdout]).toEqual([0, expect.stringContaining('none: this router runs no model')])
})

// On a fast machine clusters meets even a deadline of 1 ms: here every question to its thread takes 5 ms more.
const SLOW_MACHINE = `data:text/javascript,${encodeURIComponent(`
  import { Worker } from 'node:worker_threads'
  const { postMessage } = Worker.prototype
  Worker.prototype.postMessage = function (...all) {
    for (const until = performance.now() + 5; performance.now() < until; );
    return postMessage.apply(this, all)
  }
`)}`

test('a router that the deadline rules out is named, with what it took', async () => {
  const slow = {
    config: `${config()}router: { deadline_ms: 1 }\n`,
    environment: { ...environment, NODE_OPTIONS: `--import=${SLOW_MACHINE}` },
  }
  const { status, stdout } = await runProgram(['check', '--json'], slow)
  expect(status).toBe(0)
  const { router } = JSON.parse(stdout)
  expect(router).toMatchObject({
    name: 'static@1',
    too_slow: { router: 'clusters@1', took_ms: expect.any(Number), deadline_ms: 1 },
  })
  expect(router.too_slow.took_ms).toBeGreaterThanOrEqual(5)
  const shown = (await runProgram(['check'], slow)).stdout
  expect(shown.replaceAll(/\s+/g, ' ')).toMatch(
    /note: clusters@1 is not used and static@1 predicts alone: even short prompts took \d+ ms here, and router\.deadline_ms is 1\./,
  )
  for (const line of shown.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
})

test('nothing is contacted unless --live is given', async () => {
  const silent = config().replace(simulator.url, 'http://127.0.0.1:9')
  expect(await runProgram(['check'], { config: silent, environment })).toMatchObject({ status: 0 })
  const live = await runProgram(['check', '--live'], { config: silent, environment })
  expect(live.status).toBe(1)
  expect(live.stderr).toContain(
    'providers.up: does not answer (ECONNREFUSED)\n  Check that http://127.0.0.1:9/v1 can be reached',
  )
})

test('--live passes when the provider answers, and shows it the key and the headers', async () => {
  const seen: (string | undefined)[] = []
  const server = createServer((incoming, outgoing) => {
    seen.push(incoming.url, incoming.headers.authorization, String(incoming.headers['x-team']))
    outgoing.end('{"data":[]}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const text = `providers: { up: { base_url: "http://127.0.0.1:${port}/v1", key: env:UP_KEY, headers: { x-team: blue } } }\nmodels: [up/ok]\n`
  const { status, stderr } = await runProgram(['check', '--live'], { config: text, environment })
  server.close()
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(seen).toEqual(['/v1/models', 'Bearer the-upstream-secret', 'blue'])
})
