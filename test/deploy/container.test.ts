import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../flow/start-gateway.ts'
import { lacks, ROOT } from './tools.ts'

// deploy/docker/Dockerfile, built and run: base images of Debian packages stand in for those of a registry.

const execute = promisify(execFile)
const IMAGE = 'localhost/thalamus-gateway:test'
/** A start takes a second, on a machine that builds something else as well many. */
const START_MS = 60_000
const KEY = 'key-of-the-container-test'
const USER = 65_532
const names = { upstream: `thalamus-upstream-${process.pid}`, gateway: `thalamus-gateway-${process.pid}` }

/** As Kubernetes' restricted profile has it, and a network of loopback alone, which both share as a pod does. */
const CONFINED = [
  ['--cgroups=disabled', '--read-only', '--cap-drop=all', '--security-opt=no-new-privileges'],
  ['--ulimit=nofile=4096:4096', '--ulimit=nproc=4096:4096'],
].flat()

const CONFIG = `
server: { host: 0.0.0.0, keys: [{ name: test, key: "secret:gateway" }] }
providers: { up: { base_url: "http://127.0.0.1:8788/v1" } }
models: [up/ok, { id: up/slow-ttft=5, facts: { price_in: 1, price_out: 2 } }]
`

describe.skipIf(lacks('podman') || lacks('buildah'))('the image', () => {
  beforeAll(async () => {
    await execute('bash', ['.ci/build-image', 'thalamus-gateway:test'], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 })
    const folder = mkdtempSync(join(tmpdir(), 'thalamus-image-'))
    writeFileSync(join(folder, 'thalamus.yaml'), CONFIG)
    writeFileSync(join(folder, 'gateway'), KEY, { mode: 0o400 })
    for (const path of [folder, join(folder, 'gateway')]) chownSync(path, USER, USER)
    const mounts = [`${folder}:/etc/thalamus:ro`, `${folder}:/run/secrets:ro`].flatMap((mount) => ['--volume', mount])
    await podman('run', '--detach', '--name', names.upstream, ...CONFINED, '--network=none', IMAGE, 'simulate')
    const network = `--network=container:${names.upstream}`
    await podman('run', '--detach', '--name', names.gateway, ...CONFINED, network, ...mounts, IMAGE)
    await eventually('the gateway in its container', isListening, START_MS)
  }, 600_000)

  afterAll(async () => {
    // The one whose network the other has goes last.
    for (const name of [names.gateway, names.upstream]) {
      await podman('rm', '--force', '--time', '1', name).catch(() => undefined)
    }
  })

  test('answers a routed request, as nobody and on a root that cannot be written', async () => {
    const asked = await inside(`
      const answer = await fetch('http://127.0.0.1:8787/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: 'Bearer ${KEY}', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
      })
      const write = (path) => { try { fs.writeFileSync(path, ''); return 'written' } catch (cause) { return cause.code } }
      const [, capabilities] = /CapEff:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))
      console.log(JSON.stringify({
        status: answer.status, router: answer.headers.get('x-route-router'), user: process.getuid(),
        program: write('/app/x'), etc: write('/etc/x'), capabilities,
      }))`)
    expect(JSON.parse(asked)).toEqual({
      status: 200,
      router: expect.stringMatching(/^clusters@/),
      user: USER,
      program: 'EROFS',
      etc: 'EROFS',
      capabilities: '0000000000000000',
    })
  })

  test('says that it is healthy by its own health check', async () => {
    await expect(podman('healthcheck', 'run', names.gateway)).resolves.toBeDefined()
  })

  test('has no library of another platform, and the weights in a layer of their own', async () => {
    const bindings = JSON.parse(
      await inside(`
        const bin = '/app/node_modules/onnxruntime-node/bin/'
        console.log(JSON.stringify(fs.readdirSync(bin, { recursive: true }).filter((name) => name.endsWith('.node'))))`),
    )
    expect(bindings).toEqual([`napi-v6/linux/${process.arch}/onnxruntime_binding.node`])
    const history = await podman('history', '--format', '{{.Size}} {{.CreatedBy}}', IMAGE)
    const layers = history.split('\n').filter((line) => line.includes('COPY'))
    expect(layers.length).toBeGreaterThanOrEqual(4)
  })

  test('ends by itself when it is stopped', async () => {
    await podman('stop', '--time', '30', names.gateway)
    expect((await podman('inspect', '--format', '{{.State.ExitCode}}', names.gateway)).trim()).toBe('0')
    expect(await logs()).toContain('"event":"stopped"')
  })
})

async function podman(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('bash', ['.ci/podman', ...args], { cwd: ROOT })
  return stdout
}

async function isListening(): Promise<boolean> {
  const said = await logs()
  const state = await podman('inspect', '--format', '{{.State.Status}}', names.gateway)
  if (state.trim() === 'exited') throw new Error(`The gateway has ended: ${said}`)
  return said.includes('listening on')
}

const logs = (): Promise<string> => podman('logs', names.gateway)

/** What a module of the gateway's own Node says inside its container. */
function inside(program: string): Promise<string> {
  const source = `import fs from 'node:fs'\n${program}`
  return podman('exec', names.gateway, '/usr/local/bin/node', '--input-type=module', '--eval', source)
}
