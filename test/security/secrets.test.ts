import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSecrets } from '../../src/platform/node/secrets.ts'
import { runProgram, startProgram } from '../cli/program.ts'
import { problemsOf } from '../config/build.ts'
import { COMPLETION, startCaptureUpstream } from '../flow/capture-upstream.ts'
import { eventually, post } from '../flow/start-gateway.ts'

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'thalamus-secrets-'))

test('secret:NAME is a file of the mounted folder, without the line break at its end', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'openai.key'), 'from the folder\r\n')
  expect(createSecrets({}, folder).read('secret:openai.key')).toBe('from the folder')
  expect(createSecrets({ THALAMUS_SECRETS_DIR: folder }).read('secret:openai.key')).toBe('from the folder')
})

test('what Kubernetes mounts is a link, and is followed', () => {
  const folder = newFolder()
  mkdirSync(join(folder, '..2026'))
  writeFileSync(join(folder, '..2026', 'key'), 'mounted')
  symlinkSync('..2026', join(folder, '..data'))
  symlinkSync('..data/key', join(folder, 'key'))
  expect(createSecrets({}, folder).read('secret:key')).toBe('mounted')
})

test.each(['secret:../key', 'secret:..', 'secret:.key', 'secret:a/b', 'secret:a\\b', 'secret:/etc/passwd', 'secret:'])(
  'T-70 %s leads nowhere',
  async (reference) => {
    const folder = newFolder()
    writeFileSync(join(folder, 'key'), 'outside')
    mkdirSync(join(folder, 'in'))
    expect(() => createSecrets({}, join(folder, 'in')).read(reference)).toThrow('a secret must be a reference')
    const config = `providers: { up: { base_url: "http://127.0.0.1:9", key: ${JSON.stringify(reference)} } }`
    const { status, stderr } = await runProgram(['check'], { config })
    expect(status).toBe(1)
    expect(stderr).toContain('providers.up.key: a secret must be a reference')
  },
)

test('a secret of the folder that is missing or empty is a problem that names the file', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'empty'), '\n')
  const { read } = createSecrets({}, folder)
  expect(() => read('secret:gone')).toThrow(`secret:gone (${join(folder, 'gone')}) cannot be read (ENOENT)`)
  expect(() => read('secret:empty')).toThrow(`secret:empty (${join(folder, 'empty')}) is empty`)
})

test('headers take references to the folder as well, and still no literal', async () => {
  const problems = await problemsOf(
    'providers: { up: { base_url: "http://127.0.0.1:9", headers: { authorization: "Bearer secret:gone", x-api-key: literal } } }\nmodels: [up/m]',
  )
  expect(problems.map((problem) => problem.split('. ')[0])).toEqual([
    'providers.up.headers.authorization: secret:gone is not set',
    'providers.up.headers.x-api-key: a credential must be a reference, never the value itself',
  ])
})

test('a secret file that is replaced is used from then on, without a restart and an edit', async () => {
  const upstream = await startCaptureUpstream((response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(COMPLETION))
  })
  const folder = newFolder()
  writeFileSync(join(folder, 'up'), 'first-key\n')
  const config = `secrets_dir: "${folder}"\nproviders: { up: { base_url: "${upstream.url}", key: secret:up } }\nmodels: [up/m]\n`
  const program = await startProgram(['--port', '0'], { config })
  const keySent = async (): Promise<string | undefined> => {
    await (await post(program.url, { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] })).text()
    return upstream.requests.at(-1)?.headers.authorization
  }
  expect(await keySent()).toBe('Bearer first-key')
  writeFileSync(join(folder, 'up'), 'second-key\n')
  await eventually('the new key', async () => (await keySent()) === 'Bearer second-key', 15_000)
  // While it is being written it is empty: the last good state stays.
  writeFileSync(join(folder, 'up'), '')
  await program.until(/config_refused/)
  expect(await keySent()).toBe('Bearer second-key')
  const { stdout } = await program.stop()
  expect(stdout).not.toMatch(/first-key|second-key/)
  await upstream.close()
})

test('check warns of a secret that every user of the machine may read', async () => {
  const folder = newFolder()
  const path = join(folder, 'key')
  writeFileSync(path, 'of-the-provider')
  chmodSync(path, 0o644)
  const config = `providers: { up: { base_url: "http://127.0.0.1:9", key: "file:${path}" } }\nmodels: [up/m]\nrouter: { use: static }\n`
  const open = await runProgram(['check', '--json'], { config })
  expect(JSON.parse(open.stdout)).toMatchObject({ ok: true, exposed_secrets: [path] })
  expect((await runProgram(['check'], { config })).stdout).toContain(`note: ${path} can be read by every user`)
  chmodSync(path, 0o600)
  const closed = await runProgram(['check', '--json'], { config })
  expect(JSON.parse(closed.stdout)).toMatchObject({ ok: true, exposed_secrets: [] })
})
