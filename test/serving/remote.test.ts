import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { routers } from '../../routers/index.ts'
import type { RemoteModel } from '../../src/core/ports.ts'
import type { Router } from '../../src/core/router.ts'
import { createInference, type NodeInference } from '../../src/platform/node/inference-onnx.ts'
import { createStore, digest } from '../../src/platform/node/ports.ts'
import { runProgram, startProgram } from '../cli/program.ts'
import { signals, target } from '../contract/describe-router.ts'
import { eventually } from '../flow/start-gateway.ts'
import { isMissing, MLSERVER } from './prepared.ts'
import { type MlServer, startMlServer } from './start-mlserver.ts'

const START_MS = 120_000
const LIVES = 30_000

type Line = { level: string; event: string; [field: string]: unknown }
type Opened = { readonly router: Router; readonly log: Line[]; readonly inference: NodeInference }

const opened: NodeInference[] = []

/** The `clusters` router with its encoder on the server. */
async function open(settings: Partial<RemoteModel> & { readonly url: string }): Promise<Opened> {
  const log: Line[] = []
  const inference = createInference({ log: (level, event, fields) => void log.push({ level, event, ...fields }) })
  opened.push(inference)
  const remote = {
    model: 'thalamus-encoder',
    headers: {},
    timeoutMs: 10_000,
    maxConcurrent: 4,
    maxBatch: 1,
    ...settings,
  }
  const clusters = routers.get('clusters')
  if (clusters === undefined) throw new Error('There is no router clusters.')
  const router = await clusters.open(clusters.settings.parse({ device: 'remote' }), {
    createStore,
    digest,
    inference: { ...inference, open: (model, options) => inference.open(model, { ...options, remote }) },
  })
  return { router, log, inference }
}

let asked = 0

/** A prompt that no verdict is kept for. */
function ask({ router }: Opened): Promise<number | undefined> {
  asked += 1
  return quality(router, `How many of the first ${asked} numbers are prime?`)
}

async function quality(router: Router, text: string): Promise<number | undefined> {
  const { predictions } = await router.predict({
    signals: signals(text),
    candidates: [target('openai/gpt-5-mini')],
    signal: new AbortController().signal,
  })
  return predictions[0]?.quality
}

async function onCpu(text: string): Promise<number | undefined> {
  const inference = createInference()
  opened.push(inference)
  const clusters = routers.get('clusters')
  return clusters === undefined
    ? undefined
    : quality(await clusters.open(clusters.settings.parse({ device: 'cpu' }), { createStore, digest, inference }), text)
}

/** Traffic alone brings a server back. */
function untilUsedAgain(gateway: Opened): Promise<void> {
  const isUsed = async () => {
    await ask(gateway)
    return gateway.router.device === 'remote'
  }
  return eventually('the server to be used again', isUsed, LIVES)
}

const events = ({ log }: Opened): string[] => log.map(({ event }) => event)

describe.skipIf(isMissing(MLSERVER, 'MLServer'))('the encoder on MLServer, over the Open Inference Protocol', () => {
  let server: MlServer
  beforeAll(async () => {
    server = await startMlServer()
  }, START_MS)
  afterAll(() => server.kill())
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((inference) => inference.close()))
  })

  test('every prompt is one call to the server, and the prediction is the one of the CPU', {
    timeout: LIVES,
  }, async () => {
    const gateway = await open({ url: server.url })
    expect(gateway.router.device).toBe('remote')
    const before = await server.answered()
    const text = 'Prove that the square root of 2 is irrational.'
    const given = await quality(gateway.router, text)
    await ask(gateway)
    expect((await server.answered()) - before).toBe(2)
    expect(given).toBeCloseTo((await onCpu(text)) ?? -1, 2)
    expect(gateway.log).toEqual([])
  })

  test('a server that is killed is replaced by the CPU, and used again when it is back: one line each', {
    timeout: START_MS,
  }, async () => {
    const gateway = await open({ url: server.url })
    await ask(gateway)
    await server.kill()
    for (let index = 0; index < 8; index += 1) expect(await ask(gateway)).toBeGreaterThan(0)
    expect(gateway.router.device).toBe('cpu')
    expect(events(gateway)).toEqual(['router_remote_down'])
    await server.restart()
    await untilUsedAgain(gateway)
    expect(events(gateway)).toEqual(['router_remote_down', 'router_remote_up'])
    const before = await server.answered()
    await ask(gateway)
    expect((await server.answered()) - before).toBe(1)
  })

  test('a server that hangs costs three late calls, then the CPU answers alone until it moves again', {
    timeout: START_MS,
  }, async () => {
    const gateway = await open({ url: server.url, timeoutMs: 400 })
    server.signal('SIGSTOP')
    try {
      for (let index = 0; index < 8; index += 1) expect(await ask(gateway)).toBeGreaterThan(0)
      expect(gateway.router.device).toBe('cpu')
      expect(gateway.log).toMatchObject(
        [{ level: 'warn', event: 'router_remote_down', problem: /time/ }].map((line) => ({
          ...line,
          problem: expect.stringMatching(line.problem),
        })),
      )
    } finally {
      server.signal('SIGCONT')
    }
    await untilUsedAgain(gateway)
    expect(events(gateway)).toEqual(['router_remote_down', 'router_remote_up'])
  })

  test('prompts that come together go in fewer calls where the settings allow it', { timeout: LIVES }, async () => {
    const gateway = await open({ url: server.url, maxBatch: 8, maxConcurrent: 1 })
    expect(gateway.router.device).toBe('remote')
    const before = await server.answered()
    const qualities = await Promise.all(Array.from({ length: 9 }, () => ask(gateway)))
    for (const given of qualities) expect(given).toBeGreaterThan(0)
    const calls = (await server.answered()) - before
    expect(calls).toBeGreaterThan(0)
    expect(calls).toBeLessThan(9)
  })

  test('a server with another model is not believed', { timeout: LIVES }, async () => {
    const gateway = await open({ url: server.url, model: 'another-encoder' })
    expect(gateway.router.device).toBe('cpu')
    expect(gateway.log).toMatchObject([{ event: 'router_remote_down', problem: expect.stringContaining('cosine') }])
    expect(gateway.inference.devices()).toMatchObject([{ device: 'remote', runs: false }])
  })

  test('a model that the server does not have is named with the server’s answer', { timeout: LIVES }, async () => {
    const gateway = await open({ url: server.url, model: 'no such/model' })
    expect(gateway.router.device).toBe('cpu')
    expect(gateway.log).toMatchObject([
      { problem: expect.stringContaining('/v2/models/no%20such%2Fmodel/infer answered 404') },
    ])
  })

  test('the program runs its router there from configuration alone, and check --live says so', {
    timeout: START_MS,
  }, async () => {
    const config = `providers: { up: { base_url: "http://127.0.0.1:9/v1" } }
models: [up/a, up/b]
router: { device: remote, deadline_ms: 12000, remote: { url: "${server.url}", timeout_ms: 10000 } }
`
    const program = await startProgram(['serve', '--port', '0'], { config })
    try {
      await program.until(/router clusters@\d+ on remote/)
      const before = await server.answered()
      const answer = await fetch(`${program.url}/v1/route`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Name a river in Peru.' }] }),
      })
      expect(await answer.json()).toMatchObject({ router_timed_out: false })
      expect((await server.answered()) - before).toBe(1)
    } finally {
      await program.stop()
    }
    const live = await runProgram(['check', '--live', '--json'], { config })
    expect(JSON.parse(live.stdout).devices).toEqual([{ device: 'remote', runs: true }])
    const calls = await server.answered()
    const offline = await runProgram(['check', '--json'], { config })
    expect(JSON.parse(offline.stdout).devices).toMatchObject([
      { device: 'remote', runs: false, reason: 'not called without --live' },
    ])
    expect(offline.status).toBe(0)
    expect(await server.answered()).toBe(calls)
  })
})
