import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunningSimulator } from '../../src/platform/node/simulate.ts'
import { startSimulator } from '../../src/platform/node/simulate.ts'
import { eventually } from '../flow/start-gateway.ts'
import { launchProgram, runProgram, startProgram } from './program.ts'

let simulator: RunningSimulator

beforeAll(async () => {
  simulator = await startSimulator({ port: 0 })
})
afterAll(() => simulator.close())

const config = (models: string, url = simulator.url): string =>
  `providers: { up: { base_url: "${url}/v1" } }\nmodels: [${models}]\nrouter: { deadline_ms: 10000 }\n`
const PRICED = '{ id: up/ok, facts: { price_in: 1, price_out: 4 } }'

/** A file of sums, which the simulator gets wrong, and of prompts that any text in words answers well. */
function sums(count: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-probes-')), 'mine.yaml')
  const probes = Array.from({ length: count }, (_, index) =>
    index % 2 === 0
      ? `- { id: sum-${index}, kind: sums, difficulty: 1, grader: number, expected: ${index}, prompt: What is ${index} plus 0? }`
      : `- { id: talk-${index}, kind: talk, difficulty: 2, grader: constraints, expected: { words: { least: 1 } }, prompt: Say something about ${index}. }`,
  )
  writeFileSync(path, `${probes.join('\n')}\n`)
  return path
}

test('the shipped probes are asked, graded and written, and change what is predicted', async () => {
  const before = await runProgram(['route', 'Add 17 and 25.', '--json'], { config: config(PRICED) })
  const { folder, finished } = launchProgram(['profile', 'up/ok', '--json'], { config: config(PRICED) })
  const { status, stdout, stderr } = await finished
  expect(stderr).toMatch(
    /^up\/ok {2}(\d+) of \1 probes, about \d+k answer tokens, about \$0\.\d+,\s+\$\d+\.\d if every/,
  )
  expect(stderr).toMatch(/\d+\/\d+ asked · \d+ right/)
  expect(status).toBe(0)
  const printed = JSON.parse(stdout)
  expect(printed).toMatchObject({ model: 'up/ok', probes: 'built-in', left_out: [], stopped: null, cut: 0 })
  expect(printed.asked).toBeGreaterThanOrEqual(120)
  expect(printed.graded).toBe(printed.asked)
  // The simulator's words are always the same: only to call no tool can be right.
  expect(printed.right).toBeGreaterThan(0)
  expect(printed.right).toBeLessThan(printed.graded / 5)
  expect(printed.cost_usd).toBeGreaterThan(0)
  expect(printed.kinds.tools.right).toBe(printed.right)
  expect(printed.path).toBe(join('thalamus.profiles', 'up--ok.json'))

  const written = JSON.parse(readFileSync(join(folder, printed.path), 'utf8'))
  expect(written.answers).toHaveLength(printed.graded)
  expect(readdirSync(join(folder, 'thalamus.profiles'))).toEqual(['up--ok.json'])

  const routed = await launchProgram(['route', 'Add 17 and 25.', '--json'], { folder }).finished
  const quality = (text: string): number => JSON.parse(text).candidates[0].quality
  expect(quality(routed.stdout)).toBeLessThan(quality(before.stdout) - 0.2)
  const shown = await launchProgram(['route', 'Add 17 and 25.'], { folder }).finished
  expect(shown.stdout).toMatch(
    new RegExp(`\nrests on\nup/ok {2}probes ${printed.date} \\(${printed.graded} of ${printed.asked}\\) · facts\n`),
  )
})

test('probes of one’s own, where to write, and the table', async () => {
  const prompts = sums(12)
  const out = join(mkdtempSync(join(tmpdir(), 'thalamus-out-')), 'new', 'profile.json')
  const { status, stdout, stderr } = await runProgram(
    ['profile', 'up/ok', '--prompts', prompts, '--out', out, '--concurrency', '2'],
    { config: config('up/ok') },
  )
  expect(stderr).toContain('cost unknown: no price among its facts')
  expect(stderr).toMatch(/12 of 12 probes, about [1-9]\d\d answer tokens,/)
  expect(stdout).toMatch(/up\/ok {2}6 of 12 right\n/)
  expect(stdout).toMatch(/sums +0 +6 +0 %\ntalk +6 +6 +100 %\n\neasy +0 +6 +0 %\nmiddling +6 +6 +100 %\n/)
  expect(stdout).toContain(`written  ${out}`)
  expect(status).toBe(0)
  expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ probes: prompts, asked: 12, graded: 12, right: 6 })
})

test('a rate limit that does not end: the run gives up, says why, and writes nothing', async () => {
  const { folder, finished } = launchProgram(
    ['profile', 'up/429;retry-after=1', '--prompts', sums(40), '--concurrency', '8'],
    { config: config('up/429;retry-after=1') },
  )
  const { status, stdout, stderr } = await finished
  expect(status).toBe(1)
  expect(stderr).toMatch(/sum-\d+ left out: upstream_rate_limited/)
  expect(stdout).toMatch(/left out \(upstream_rate_limited\)/)
  expect(stdout).toContain('given up: the model did not answer')
  expect(stdout).toContain('nothing was graded, and nothing is written')
  expect(existsSync(join(folder, 'thalamus.profiles'))).toBe(false)
})

/** An upstream that answers as `reply` says, the number of the call given. */
async function startUpstream(reply: (call: number) => { status: number; headers?: Record<string, string> }) {
  let calls = 0
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      calls += 1
      const { status, headers = {} } = reply(calls)
      const message = { role: 'assistant', content: 'Answer: 0' }
      const body =
        status === 200
          ? { object: 'chat.completion', id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] }
          : { error: { message: 'no', type: 'x', code: null } }
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls: () => calls,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

test('a rate limit that passes costs time and no probe', async () => {
  const upstream = await startUpstream((call) =>
    call % 5 === 0 ? { status: 429, headers: { 'retry-after': '0' } } : { status: 200 },
  )
  const { status, stdout } = await runProgram(['profile', 'up/m', '--prompts', sums(12), '--json'], {
    config: config('up/m', upstream.url),
  })
  await upstream.close()
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ asked: 12, graded: 12, left_out: [] })
  expect(upstream.calls()).toBe(14)
})

test('prompts that the model refuses are left out and said, the rest makes the profile', async () => {
  const upstream = await startUpstream((call) => ({ status: call % 4 === 0 ? 400 : 200 }))
  const { status, stdout, stderr } = await runProgram(
    ['profile', 'up/m', '--prompts', sums(12), '--concurrency', '1'],
    { config: config('up/m', upstream.url) },
  )
  await upstream.close()
  expect(status).toBe(0)
  expect(stderr.match(/left out: /g)).toHaveLength(3)
  expect(stdout).toMatch(/^up\/m {2}\d+ of 9 right, 3 of 12 not graded\n/)
  expect(stdout).toMatch(/3 left out \(upstream_rejected\): /)
})

test('a model that is down and a key that is refused end the run early', async () => {
  const down = await runProgram(['profile', 'up/m', '--prompts', sums(40), '--concurrency', '8'], {
    config: config('up/m', 'http://127.0.0.1:9'),
  })
  expect(down.status).toBe(1)
  expect(down.stdout).toContain('(upstream_unreachable)')
  const upstream = await startUpstream(() => ({ status: 401 }))
  const refused = await runProgram(['profile', 'up/m', '--prompts', sums(40), '--concurrency', '1'], {
    config: config('up/m', upstream.url),
  })
  await upstream.close()
  expect(refused.status).toBe(1)
  expect(refused.stdout).toContain('1 left out (upstream_auth_failed)')
  expect(upstream.calls()).toBe(1)
})

test('Ctrl-C keeps what was graded', async () => {
  const upstream = await startUpstream((call) =>
    call > 6 ? { status: 429, headers: { 'retry-after': '60' } } : { status: 200 },
  )
  const program = launchProgram(['profile', 'up/m', '--prompts', sums(40), '--concurrency', '1'], {
    config: config('up/m', upstream.url),
  })
  await eventually('the seventh call', () => upstream.calls() >= 7, 15_000)
  program.child.kill('SIGINT')
  const { status, stdout } = await program.finished
  await upstream.close()
  expect(status).toBe(1)
  expect(stdout).toContain('stopped  before the end')
  const path = join(program.folder, 'thalamus.profiles', 'up--m.json')
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ asked: 40, graded: 6, stopped: 'interrupted' })
})

test('a run cut short does not replace a profile that rests on more', async () => {
  // The first run takes eight calls; the key is refused after three of the second.
  const upstream = await startUpstream((call) => ({ status: call <= 11 ? 200 : 401 }))
  const args = ['profile', 'up/m', '--prompts', sums(8), '--concurrency', '1']
  const first = launchProgram(args, { config: config('up/m', upstream.url) })
  expect((await first.finished).status).toBe(0)
  const { status, stdout } = await launchProgram(args, { folder: first.folder }).finished
  await upstream.close()
  expect(status).toBe(1)
  expect(stdout).toMatch(/kept +\S+up--m.json,\s+which\s+rests\s+on\s+8\s+answers,\s+not\s+3/)
  const path = join(first.folder, 'thalamus.profiles', 'up--m.json')
  expect(JSON.parse(readFileSync(path, 'utf8')).graded).toBe(8)
})

test('a router that learns nothing is named', async () => {
  const { stdout } = await runProgram(['profile', 'up/ok', '--prompts', sums(2)], {
    config: config('up/ok').replace('router: {', 'router: { use: catalog-scores,'),
  })
  expect(stdout).toMatch(/the router in use, catalog-scores@1, learns from\s+no\s+profile/)
})

test('a bad file of probes: every problem with file, line and remedy, and no call', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-probes-')), 'bad.yaml')
  writeFileSync(
    path,
    [
      '- { id: a, kind: sums, difficulty: 1, grader: number, expected: 1, prompt: x }',
      '- { id: a, kind: sums, difficulty: 1, grader: number, expected: 1, prompt: x }',
      '- id: b',
      '  kind: sums',
      '  difficulty: 4',
      '  grader: number',
      '  expected: one',
      '- { id: c, kind: sums, difficulty: 1, grader: guess, expected: 1, prompt: x }',
      '- { id: d, kind: sums, difficulty: 1, grader: calls, expected: [], prompt: x }',
      '- id: e',
      '  kind: talk',
      '  difficulty: 1',
      '  prompt: x',
      '  grader: constraints',
      '  expected: { words: 3 }',
      '  example: only two',
      '- { id: f, kind: sums, difficulty: 1, grader: pattern, expected: "(", prompt: x }',
      '- { id: g, kind: sums, difficulty: 1, grader: number, expected: 1, messages: [{ role: nobody, content: x }] }',
      '- { id: h, kind: sums, difficulty: 1, grader: schema, expected: { type: nothing }, prompt: x }',
      '',
    ].join('\n'),
  )
  const { status, stdout, stderr } = await runProgram(['profile', 'up/ok', '--prompts', path], {
    config: config('up/ok'),
  })
  expect(status).toBe(1)
  expect(stdout).toBe('')
  const said = stderr.replaceAll(path, 'bad.yaml')
  expect(said).toContain('bad.yaml:2: "a" is also at bad.yaml:1\n  Give each its own id.')
  expect(said).toContain('bad.yaml:5: difficulty:')
  expect(said).toContain('bad.yaml:7: expected: ')
  expect(said).toContain('bad.yaml:8: grader: not a grader\n  Use number, text,')
  expect(said).toContain('bad.yaml:9: tools: missing\n  Name the tools that may be called.')
  expect(said).toContain('bad.yaml:16: example: does not pass')
  expect(said).toContain('bad.yaml:17: expected: not a regular expression')
  expect(said).toContain('bad.yaml:18: messages: ')
  expect(said).toContain('bad.yaml:19: expected: cannot be used: ')
  expect(stderr).not.toMatch(/\n\s+at /)
})

test.each([
  ['no such file', undefined, 'there is no such file\n  Check the path given with --prompts.'],
  ['not YAML', '- id: a\n  prompt: "open', 'mine.yaml:2: '],
  ['not a list', 'id: a', 'mine.yaml:1: not a list of probes'],
  ['empty', '', 'there is no probe in it'],
])('a file of probes that is %s', async (_, text, problem) => {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-probes-')), 'mine.yaml')
  if (text !== undefined) writeFileSync(path, text)
  const { status, stderr } = await runProgram(['profile', 'up/ok', '--prompts', path], { config: config('up/ok') })
  expect(stderr).toContain(problem)
  expect(status).toBe(1)
})

test('a broken profile is what a new run repairs, whatever else is broken or in the folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-broken-'))
  const profiles = join(folder, 'thalamus.profiles')
  mkdirSync(join(profiles, 'x.json'), { recursive: true })
  writeFileSync(join(folder, 'thalamus.yaml'), config('up/ok, up/dribble'))
  writeFileSync(join(profiles, 'up--ok.json'), '{"version": 1, "mod')
  writeFileSync(join(profiles, 'up--dribble.json'), '{}')
  const { status, stderr } = await launchProgram(['profile', 'up/ok', '--prompts', sums(2)], { folder }).finished
  expect(status).toBe(0)
  expect(stderr).toContain('up--dribble.json is not used: no profile that this version reads')
  expect(JSON.parse(readFileSync(join(profiles, 'up--ok.json'), 'utf8'))).toMatchObject({ model: 'up/ok', graded: 2 })
  // A folder among the profiles is none of them.
  rmSync(join(profiles, 'up--dribble.json'))
  expect((await launchProgram(['check'], { folder }).finished).stdout).toMatch(/\nprofiles +up\/ok 20/)
})

test('what --out names is replaced only by the same model’s profile, and nothing is asked before that is known', async () => {
  const upstream = await startUpstream(() => ({ status: 200 }))
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-out-'))
  writeFileSync(join(folder, 'thalamus.yaml'), config('up/m, up/other', upstream.url))
  const run = (model: string, out: string) =>
    launchProgram(['profile', model, '--prompts', sums(2), '--out', out], { folder }).finished
  const before = readFileSync(join(folder, 'thalamus.yaml'), 'utf8')
  expect((await run('up/m', 'kept.json')).status).toBe(0)
  const asked = upstream.calls()
  for (const [model, out, problem] of [
    ['up/m', 'thalamus.yaml', 'holds something else'],
    ['up/m', '.', 'not a file'],
    ['up/m', 'thalamus.yaml/below.json', 'cannot be written ('],
    ['up/other', 'kept.json', 'holds the profile of up/m'],
  ] as const) {
    const { status, stderr } = await run(model, out)
    expect(stderr).toContain(`${out}: ${problem}`)
    expect(status).toBe(1)
  }
  expect(upstream.calls()).toBe(asked)
  expect(readFileSync(join(folder, 'thalamus.yaml'), 'utf8')).toBe(before)
  expect((await run('up/m', 'kept.json')).status).toBe(0)
  await upstream.close()
})

test('a second profile of one model, which would keep the gateway from starting, is refused before anything is asked', async () => {
  const upstream = await startUpstream(() => ({ status: 200 }))
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-second-'))
  writeFileSync(join(folder, 'thalamus.yaml'), config('up/m, up/other', upstream.url))
  const run = (...more: string[]) =>
    launchProgram(['profile', 'up/m', '--prompts', sums(2), ...more], { folder }).finished
  const profiles = join(folder, 'thalamus.profiles')
  expect((await run()).status).toBe(0)
  const asked = upstream.calls()
  // Another model's usual name, and one's own; by a path with links too.
  symlinkSync(profiles, join(folder, 'linked'))
  for (const out of ['thalamus.profiles/up--other.json', 'thalamus.profiles/mine.json', 'linked/mine.json']) {
    const { status, stderr } = await run('--out', out)
    expect(stderr).toContain(`${out}: would be a second profile of up/m, beside thalamus.profiles/up--m.json`)
    expect(status).toBe(1)
  }
  expect(upstream.calls()).toBe(asked)
  expect(readdirSync(profiles)).toEqual(['up--m.json'])
  // One that has another name is replaced by that name.
  renameSync(join(profiles, 'up--m.json'), join(profiles, 'mine.json'))
  expect((await run()).stderr).toMatch(
    /beside thalamus\.profiles\/mine\.json\n +Name thalamus\.profiles\/mine\.json with --out/,
  )
  expect((await run('--out', 'thalamus.profiles/mine.json')).status).toBe(0)
  expect(readdirSync(profiles)).toEqual(['mine.json'])
  expect((await launchProgram(['check'], { folder }).finished).status).toBe(0)
  await upstream.close()
})

test('a profile that cannot be read keeps the gateway from starting, and check says what to do', async () => {
  const { folder, finished } = launchProgram(['profile', 'up/ok', '--prompts', sums(2)], { config: config('up/ok') })
  await finished
  const good = await launchProgram(['check'], { folder }).finished
  expect(good.stdout).toMatch(/\nprofiles +up\/ok 20\d\d-\d\d-\d\d\n/)
  const path = join(folder, 'thalamus.profiles', 'up--ok.json')
  writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100))
  const { status, stderr } = await launchProgram(['check'], { folder }).finished
  expect(status).toBe(1)
  expect(stderr).toContain('up--ok.json: not JSON\n  Run thalamus profile MODEL again, or remove the file.')
})

test('a gateway under way takes up a new profile, and keeps the old one when the new one is bad', async () => {
  const program = await startProgram(['serve', '--port', '0'], { config: config(PRICED) })
  const quality = async (): Promise<number> => {
    const body = { model: 'auto', messages: [{ role: 'user', content: 'Add 17 and 25.' }] }
    const response = await fetch(`${program.url}/v1/route`, { method: 'POST', body: JSON.stringify(body) })
    return JSON.parse(await response.text()).candidates[0].quality
  }
  const before = await quality()
  const profile = launchProgram(['profile', 'up/ok', '--prompts', sums(40)], { folder: program.folder })
  expect((await profile.finished).status).toBe(0)
  await program.until(/"profiles_used"/)
  await program.until(/"config_reloaded"/)
  const after = await quality()
  expect(after).not.toBe(before)
  writeFileSync(join(program.folder, 'thalamus.profiles', 'up--ok.json'), '{}')
  await program.until(/"config_refused"/)
  expect(await quality()).toBe(after)
  expect((await program.stop()).status).toBe(0)
})
