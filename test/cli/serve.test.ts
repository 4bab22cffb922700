import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { chat, runProgram, startProgram } from './program.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})

afterAll(() => simulator.close())

const SECRETS = { TEAM_A: 'team-a-secret-1', UP_KEY: 'upstream-secret-2', OPENAI_API_KEY: 'openai-secret-3' }
const provider = (): string => `providers: { up: { base_url: "${simulator.url}/v1", key: env:UP_KEY } }\n`
const keys = 'server: { keys: [{ name: team-a, key: env:TEAM_A }] }\n'

function expectNoSecret(output: string): void {
  for (const secret of Object.values(SECRETS)) expect(output).not.toContain(secret)
}

async function modelNames(url: string): Promise<string[]> {
  const body: { readonly data: readonly { readonly id: string }[] } = JSON.parse(
    await (await fetch(`${url}/v1/models`)).text(),
  )
  return body.data.map(({ id }) => id)
}

test.each([[['--port', '0']], [['serve', '--port', '0']]])('%j serves and says where', async (args) => {
  const program = await startProgram(args, { config: `${provider()}models: [up/ok]`, environment: SECRETS })
  const response = await chat(program.url, { model: 'auto' })
  expect(response.status).toBe(200)
  expect(response.headers.get('x-route-model')).toBe('up/ok')
  const { status, stdout, stderr } = await program.stop()
  expect(stdout).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+$/m)
  expect(stderr).toBe('')
  expect(stdout).not.toContain('\u001b[')
  expectNoSecret(stdout)
  expect(status).toBe(0)
})

test('a bad configuration: status 1, every problem, and nothing listens', async () => {
  const config = `${provider().replace('UP_KEY', 'NOWHERE')}models: [up/ok, lost/a]\npolicy: cheep\n`
  const { status, stdout, stderr } = await runProgram(['serve', '--port', '0'], { config })
  expect(status).toBe(1)
  expect(stdout).not.toContain('listening')
  expect(stderr).toContain('providers.up.key: env:NOWHERE is not set\n  Set NOWHERE in the environment.')
  expect(stderr).toContain('models[1]: there is no provider "lost"')
  expect(stderr).toContain('policy: there is no policy "cheep"\n  Did you mean "cheap"?')
})

test('a literal secret is refused and not repeated', async () => {
  const config = `providers: { up: { base_url: "${simulator.url}/v1", key: ${SECRETS.UP_KEY} } }\nmodels: [up/ok]\n`
  const { status, stdout, stderr } = await runProgram(['serve', '--port', '0'], { config })
  expect(status).toBe(1)
  expect(stderr).toContain('providers.up.key: a secret must be a reference')
  expectNoSecret(stdout + stderr)
})

test('a public address without keys is refused on the command line too', async () => {
  const { status, stderr } = await runProgram(['serve', '--port', '0', '--host', '0.0.0.0'], {
    config: `${provider()}models: [up/ok]`,
    environment: SECRETS,
  })
  expect(status).toBe(1)
  expect(stderr).toContain('server.host: 0.0.0.0 is a public address and no keys are configured')
})

test.each(['serve', 'simulate'])('%s says what to do when its port is taken', async (command) => {
  const { port } = new URL(simulator.url)
  const { status, stderr } = await runProgram([command, '--port', port], {
    config: `${provider()}models: [up/ok]`,
    environment: SECRETS,
  })
  expect(status).toBe(1)
  expect(stderr).toBe(
    `✗ 127.0.0.1:${port}: something else listens there\n  Stop it, or take another port: --port 0 takes a free one.\n`,
  )
})

test('with keys configured, only they are let in, and none is ever printed', async () => {
  const program = await startProgram(['--port', '0'], {
    config: `${keys}${provider()}models: [up/ok]`,
    environment: SECRETS,
  })
  expect((await chat(program.url, { model: 'auto' })).status).toBe(401)
  expect((await chat(program.url, { model: 'auto' }, { authorization: 'Bearer wrong' })).status).toBe(401)
  const response = await chat(program.url, { model: 'auto' }, { authorization: `Bearer ${SECRETS.TEAM_A}` })
  expect(response.status).toBe(200)
  expectNoSecret(JSON.stringify([...response.headers]) + (await response.text()))
  const { status, stdout, stderr } = await program.stop()
  expect(stdout.match(/"event":"request"/g)?.length ?? 0, stdout).toBeGreaterThanOrEqual(1)
  expectNoSecret(stdout + stderr)
  expect(status).toBe(0)
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s lets a running stream finish, then ends with status 0',
  async (signal) => {
    const program = await startProgram(['--port', '0'], {
      config: `${provider()}models: ["up/ok;itl=10"]`,
      environment: SECRETS,
    })
    const response = await chat(program.url, { model: 'up/ok;itl=10', stream: true })
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    let text = (await reader?.read())?.value ?? ''
    program.signal(signal)
    for (;;) {
      const part = await reader?.read()
      if (part === undefined || part.done) break
      text += part.value
    }
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true)
    expect((await program.finished).status).toBe(0)
    await expect(fetch(program.url)).rejects.toThrow()
  },
)

test('a provider key in the environment is found: the catalogue’s models of it, and no simulator', async () => {
  const program = await startProgram(['--port', '0'], { environment: SECRETS })
  const names = await modelNames(program.url)
  expect(names).toContain('openai/gpt-5-mini')
  expect(names.filter((name) => name.startsWith('simulated/'))).toEqual([])
  expect(program.output()).toContain('no configuration: using the provider keys')
  const { stdout, stderr } = await program.stop()
  expectNoSecret(stdout + stderr)
})

test('an edit of the configuration adds a model without a restart, and a bad one changes nothing', async () => {
  const program = await startProgram(['--port', '0'], {
    config: `${provider()}models: ["up/ok"]`,
    environment: SECRETS,
  })
  program.edit(`${provider()}models: ["up/ok", "up/tokens=5"]`)
  await program.until(/"event":"config_reloaded"/)
  expect(await modelNames(program.url)).toEqual(expect.arrayContaining(['up/ok', 'up/tokens=5']))
  expect((await chat(program.url, { model: 'up/tokens=5' })).status).toBe(200)

  program.edit(`${provider()}models: ["up/ok"]\npolices: cheap`)
  await program.until(/"event":"config_refused".*polices.*unknown key/)
  program.edit(`${provider().replace('up:', 'down:')}models: ["up/ok"]`)
  await program.until(/"event":"config_refused".*there is no provider/)
  expect((await chat(program.url, { model: 'up/tokens=5' })).status).toBe(200)

  program.edit(`${provider()}models: ["up/ok"]`)
  await program.until(/config_reloaded[\s\S]*config_reloaded/)
  expect(await modelNames(program.url)).not.toContain('up/tokens=5')
  const { stdout, stderr, status } = await program.stop()
  expectNoSecret(stdout + stderr)
  expect(status).toBe(0)
})

test('an edit that takes the keys away is refused where the command line made the address public', async () => {
  const program = await startProgram(['--port', '0', '--host', '0.0.0.0'], {
    config: `${keys}${provider()}models: [up/ok]`,
    environment: SECRETS,
  })
  program.edit(`${provider()}models: [up/ok]`)
  await program.until(/"event":"config_refused".*is a public address/)
  const url = program.url.replace('0.0.0.0', '127.0.0.1')
  expect((await chat(url, { model: 'auto' })).status).toBe(401)
  await program.stop()
})

test('spans reach an OTLP collector under the caller’s trace, without prompts or keys', async () => {
  const bodies: string[] = []
  const collector = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      bodies.push(`${incoming.url} ${Buffer.concat(chunks).toString('latin1')}`)
      outgoing.setHeader('content-type', 'application/json').end('{}')
    })
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const { port } = collector.address() as AddressInfo
  const program = await startProgram(['--port', '0'], {
    config: `${keys}${provider()}models: [up/ok]\ntelemetry: { otlp_endpoint: "http://127.0.0.1:${port}" }`,
    environment: SECRETS,
  })
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const messages = [{ role: 'user', content: 'the-prompt-is-private' }]
  const headers = {
    authorization: `Bearer ${SECRETS.TEAM_A}`,
    traceparent: `00-${traceId}-b7ad6b7169203331-01`,
  }
  const response = await chat(program.url, { model: 'auto', messages }, headers)
  expect(response.status).toBe(200)
  await response.text()
  // What is still queued is sent before the program ends.
  expect((await program.stop()).status).toBe(0)
  collector.close()
  const sent = bodies.join('\n')
  expect(sent).toMatch(/^\/v1\/traces /)
  expect(sent).toContain('chat up/ok')
  expect(sent).toContain('attempt up/ok')
  expect(sent).toContain('thalamus')
  expect(sent).toContain(traceId)
  expect(sent).not.toContain('the-prompt-is-private')
  expectNoSecret(sent)
})

test('a collector that is not there holds up neither a request nor the end', async () => {
  const program = await startProgram(['--port', '0'], {
    config: `${provider()}models: [up/ok]\ntelemetry: { otlp_endpoint: "http://127.0.0.1:9" }`,
    environment: SECRETS,
  })
  expect((await chat(program.url, { model: 'auto' })).status).toBe(200)
  const { status, stderr } = await program.stop()
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
