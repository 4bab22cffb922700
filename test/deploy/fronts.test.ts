import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/config/read-config.ts'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import type { Running } from '../cli/program.ts'
import { startProgram } from '../cli/program.ts'
import { eventually } from '../flow/start-gateway.ts'
import { freePort } from '../free-port.ts'
import { lacks, PYTHON, ROOT, run, validate } from './tools.ts'

const read = (path: string): string => readFileSync(join(ROOT, 'deploy', path), 'utf8')

describe.skipIf(lacks('systemd-analyze'))('the unit of systemd', () => {
  test('holds, and exposes little', () => {
    // As it is, but for the Node of this machine.
    const unit = join(mkdtempSync(join(tmpdir(), 'thalamus-unit-')), 'thalamus.service')
    writeFileSync(unit, read('systemd/thalamus.service').replace('/usr/bin/node', process.execPath))
    expect(run('systemd-analyze', 'verify', unit)).toEqual({ status: 0, output: '' })
    const exposure = ['security', '--offline=true', '--no-pager', '--threshold=15', unit]
    expect(run('systemd-analyze', ...exposure)).toMatchObject({ status: 0 })
  })
})

describe('the compose file', () => {
  const compose = ['docker', ['compose']] as const
  const isPlugin = spawnSync(compose[0], [...compose[1], 'version']).status === 0
  test.skipIf(!isPlugin && lacks('docker-compose'))('is one, and mounts files that are there', () => {
    const [program, words] = isPlugin ? compose : (['docker-compose', []] as const)
    const { status, output } = run(program, ...words, '-f', 'deploy/compose/compose.yaml', 'config')
    expect(status, output).toBe(0)
    const { services, secrets } = parse(output)
    expect(Object.keys(services).toSorted()).toEqual(['gateway', 'grafana', 'prometheus', 'simulator'])
    const mounted = [...output.matchAll(/(?:source|file): (\/\S+)|- (\/\S+?):\/\S+:ro/g)].map(
      ([, a, b]) => a ?? b ?? '',
    )
    expect(mounted.length).toBeGreaterThan(Object.keys(secrets).length)
    expect(mounted.filter((path) => !existsSync(path))).toEqual([])
  })

  test('has a configuration that the gateway takes', () => {
    expect(readConfig(read('compose/thalamus.yaml'))).not.toHaveProperty('problems')
  })
})

describe.skipIf(lacks(PYTHON))('the configuration of Envoy', () => {
  const path = 'deploy/envoy/envoy.yaml'

  test('is of members and types that Envoy knows, and names a cluster that there is', () => {
    // biome-ignore lint/suspicious/noExplicitAny: Envoy's messages have been read into it
    const { static_resources: resources } = validate('check_envoy.py', [path]) as any
    const [{ name }] = resources.clusters
    const [chain] = resources.listeners[0].filter_chains
    const manager = chain.filters[0].typed_config
    const routed = manager.route_config.virtual_hosts[0].routes.flatMap(({ route }: { route?: { cluster: string } }) =>
      route === undefined ? [] : [route.cluster],
    )
    expect(routed).toEqual([name])
    expect(manager.use_remote_address).toBe(true)
  })

  test('would not be, with a member misspelt', () => {
    const wrong = join(mkdtempSync(join(tmpdir(), 'thalamus-envoy-')), 'envoy.yaml')
    writeFileSync(wrong, read('envoy/envoy.yaml').replace('use_remote_address', 'use_remote_adress'))
    expect(() => validate('check_envoy.py', [wrong])).toThrow(/use_remote_adress/)
  })
})

describe.skipIf(lacks('nginx'))('nginx in front', () => {
  let simulator: RunningSimulator
  let gateway: Running
  let front: Front

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0 })
    gateway = await startProgram(['serve', '--port', '0'], {
      config: `server: { keys: [{ name: test, key: env:KEY }] }\nproviders: { up: { base_url: "${simulator.url}/v1" } }\nmodels: [up/ok, up/stall@3]\n`,
      environment: { KEY },
    })
    front = await startNginx(new URL(gateway.url).host)
  })

  afterAll(async () => {
    await front.stop()
    await gateway.stop()
    await simulator.close()
  })

  test('takes the configuration', () => {
    expect(run('nginx', '-t', '-p', front.folder, '-c', front.config)).toMatchObject({ status: 0 })
  })

  test('answers a routed request with ids that both logs have', async () => {
    const answer = await front.ask('/v1/chat/completions', { model: 'auto', messages: HELLO })
    await answer.whole()
    expect(answer.status).toBe(200)
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/)
    const routed = answer.headers['x-route-id']
    await eventually('a line of the log', () => front.log().includes(`"route_id":"${routed}"`))
    const line = JSON.parse(
      front
        .log()
        .split('\n')
        .findLast((text) => text.includes(`${routed}`)) ?? '',
    )
    expect(line).toMatchObject({ client: '127.0.0.1', status: 200, request_id: answer.headers['x-request-id'] })
    await gateway.until(new RegExp(`"id":"${routed}"`))
  })

  test('passes parts of a stream on while the rest is still to come, and the end of a client at once', async () => {
    const body = { model: 'up/stall@3', stream: true, messages: HELLO }
    const answer = await front.ask('/v1/chat/completions', body)
    // The model has stopped after three parts and never ends: whoever waits for the whole waits in vain.
    expect(await answer.until('data: ')).toContain('data: ')
    answer.leave()
    await gateway.until(/"outcome":"(?:cancelled|client_closed_request|aborted)[^"]*"/)
  })

  test('lets through what the gateway lets through, and keeps its metrics inside', async () => {
    const content = 'x'.repeat(8 * 1024 * 1024)
    const large = await front.ask('/v1/chat/completions', { model: 'up/ok', messages: [{ role: 'user', content }] })
    await large.whole()
    expect(large.status).toBe(200)
    const metrics = await front.ask('/metrics')
    expect(metrics.status).toBe(404)
  })
})

// A gateway without keys is one person's on his own machine, and serves no other name.
const KEY = 'key-of-the-front-test'
const HELLO = [{ role: 'user', content: 'Hello' }]
const DEADLINE_MS = 15_000

type Answer = {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  whole(): Promise<string>
  /** What has come by the time that `text` is in it. */
  until(text: string): Promise<string>
  leave(): void
}
type Front = {
  readonly folder: string
  readonly config: string
  ask(path: string, body?: object): Promise<Answer>
  log(): string
  stop(): Promise<void>
}

/** nginx with the configuration that is shipped; ports, certificate and log are this test's. */
async function startNginx(upstream: string): Promise<Front> {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-nginx-'))
  const port = await freePort()
  const subject = ['-subj', '/CN=llm.example.com', '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`]
  run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...subject)
  const shipped = read('nginx/thalamus.conf')
    .replace('server 127.0.0.1:8787', `server ${upstream}`)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('/etc/nginx/tls/llm.example.com.pem', `${folder}/cert.pem`)
    .replace('/etc/nginx/tls/llm.example.com.key', `${folder}/key.pem`)
    .replace('/var/log/nginx/thalamus.log', `${folder}/access.log`)
  writeFileSync(join(folder, 'thalamus.conf'), shipped)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const config = join(folder, 'nginx.conf')
  writeFileSync(
    config,
    `daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
events {} http { ${temporary.join(' ')} include ${folder}/thalamus.conf; }`,
  )
  const child = spawn('nginx', ['-p', folder, '-c', config], { stdio: 'ignore' })
  const exited = once(child, 'exit')

  const ask = (path: string, body?: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = {
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: 'llm.example.com', authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        rejectUnauthorized: false,
      }
      const asked = request(`https://127.0.0.1:${port}${path}`, options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece
        })
        const ended = once(response, 'end')
        ended.catch(() => undefined)
        resolve({
          status: response.statusCode,
          headers: response.headers,
          whole: () => ended.then(() => text),
          async until(wanted) {
            await eventually(`${wanted} of a stream`, () => text.includes(wanted), DEADLINE_MS)
            return text
          },
          leave: () => asked.destroy(),
        })
      })
      asked.on('error', reject)
      asked.end(body === undefined ? undefined : JSON.stringify(body))
    })

  const isUp = (): Promise<boolean> =>
    ask('/healthz').then(
      ({ status }) => status === 200,
      () => false,
    )
  await eventually('nginx', isUp, DEADLINE_MS)
  return {
    folder,
    config,
    ask,
    log: () => readFileSync(join(folder, 'access.log'), 'utf8'),
    async stop() {
      child.kill('SIGQUIT')
      await exited
    },
  }
}
