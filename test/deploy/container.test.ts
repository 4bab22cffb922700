import { execFile } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
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
const COMPOSE = join(ROOT, 'deploy/compose')
const KEY = readFileSync(join(COMPOSE, 'demo-gateway-key'), 'utf8')
const USER = 65_532
const names = { upstream: `thalamus-upstream-${process.pid}`, gateway: `thalamus-gateway-${process.pid}` }

/** As Kubernetes' restricted profile has it, and a network of loopback alone, which both share as a pod does. */
const CONFINED = [
  ['--cgroups=disabled', '--read-only', '--cap-drop=all', '--security-opt=no-new-privileges'],
  ['--ulimit=nofile=4096:4096', '--ulimit=nproc=4096:4096'],
].flat()

describe.skipIf(lacks('podman') || lacks('buildah'))('the image', () => {
  beforeAll(async () => {
    await execute('bash', ['.ci/build-image', 'thalamus-gateway:test'], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 })
    const folder = mkdtempSync(join(tmpdir(), 'thalamus-image-'))
    // As the compose file has it: its configuration, its keys, and the simulator under its name.
    copyFileSync(join(COMPOSE, 'thalamus.yaml'), join(folder, 'thalamus.yaml'))
    for (const key of ['gateway-key', 'metrics-key']) {
      copyFileSync(join(COMPOSE, `demo-${key}`), join(folder, key))
      chmodSync(join(folder, key), 0o400)
      chownSync(join(folder, key), USER, USER)
    }
    writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost simulator\n')
    chownSync(folder, USER, USER)
    const mounts = ['/etc/thalamus', '/run/secrets'].map((path) => `--volume=${folder}:${path}:ro`)
    mounts.push(`--volume=${folder}/hosts:/etc/hosts:ro`)
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
      // On a machine that is busy `clusters` is late, and the other one answers.
      router: expect.stringMatching(/^(?:clusters|static)@/),
      user: USER,
      program: 'EROFS',
      etc: 'EROFS',
      capabilities: '0000000000000000',
    })
    // The native library has been loaded, and has proved itself.
    expect(await logs()).toMatch(/"event":"router_device","asked":"auto","device":"cpu"/)
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
