import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { MAIN, runProgram } from './program.ts'

const config = `providers: { here: { base_url: "http://127.0.0.1:9/v1" } }
models:
  - { id: here/small-model, facts: { price_in: 0.1, price_out: 0.4, region: [us], context_tokens: 128000 } }
  - { id: here/large-model, facts: { price_in: 3, price_out: 15, region: [cn], context_tokens: 128000 } }
  - { id: here/a-model-whose-name-is-so-long-that-it-would-fill-a-line-of-the-terminal-alone, facts: { price_in: 2, price_out: 10, context_tokens: 128000 } }
# Two decisions are compared: none of them may be one without the router.
router: { deadline_ms: 10000 }
`

// What begins an escape sequence of a terminal.
const ESCAPE = '\u001b['

test('the decision is a table that fits a line of 80 characters, without colours where there is no terminal', async () => {
  const { status, stdout, stderr } = await runProgram(['route', 'Translate "good morning" into French.'], { config })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).not.toContain(ESCAPE)
  expect(stdout).toMatch(/^here\/\S+ {2}\S/)
  expect(stdout).toMatch(/▸ {2}small-model +\d+\.\d (±\d+\.\d|\+\d+\.\d −\d+\.\d) +\$0\.0\d+/)
  expect(stdout).toContain('names without here/')
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
})

test('the built-in models fit a line of 80 characters too', async () => {
  const { status, stdout } = await runProgram(['route', 'Prove that there are infinitely many primes.'], {
    config:
      'providers: { simulated: { base_url: "http://127.0.0.1:9/v1" } }\nmodels: [simulated/google/gemini-2.5-flash-lite, simulated/anthropic/claude-haiku-4-5, simulated/openai/gpt-5-mini]',
  })
  expect(status).toBe(0)
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
})

test('--json prints the decision of the HTTP API', async () => {
  const { status, stdout } = await runProgram(['route', 'Hello', '--json'], { config })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    id: expect.stringMatching(/^rt_/),
    model: expect.stringMatching(/^here\//),
    policy: 'balanced',
    candidates: expect.arrayContaining([
      expect.objectContaining({ model: 'here/small-model', cost_usd: expect.any(Number) }),
    ]),
    dropped: [],
    front: expect.any(Array),
    router_timed_out: expect.any(Boolean),
    elapsed_ms: expect.any(Number),
  })
})

test('a dropped model is shown with the limit it fails, what was asked and what it has', async () => {
  const { status, stdout } = await runProgram(['route', 'Hello', '--flags', 'region=us'], { config })
  expect(status).toBe(0)
  expect(stdout).toMatch(/dropped\nmodel +limit +asked +has\n/)
  expect(stdout).toMatch(/large-model +region +us +cn\n/)
  expect(stdout).toMatch(/a-model\S*…\S* +region +us +unknown\n/)
})

test('when no model passes, each one’s limits are shown with the smallest change that would help', async () => {
  const { status, stdout } = await runProgram(['route', 'Hello', '--flags', 'region=eu'], { config })
  expect(status).toBe(1)
  expect(stdout).toContain('None of the 3 models passes')
  expect(stdout).toMatch(/small-model +region +eu +us\n/)
  expect(stdout).toMatch(/Changing region from eu to eu, \w+ would admit here\/\S+/)
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
})

test('when no model passes, --json prints the limits of each', async () => {
  const { status, stdout } = await runProgram(['route', 'Hello', '--flags', 'region=eu', '--json'], { config })
  expect(status).toBe(1)
  const { error } = JSON.parse(stdout)
  expect(error.code).toBe('no_feasible_model')
  expect(error.models).toHaveLength(3)
  expect(error.models[0]).toMatchObject({ failures: [{ limit: 'region', required: ['eu'], actual: ['us'] }] })
  expect(error.relaxation).toMatchObject({ limit: 'region' })
})

test('a prompt longer than onnxruntime takes on a command line is routed as any other, to the same exit status', async () => {
  // Four bytes a character: what counts is bytes.
  for (const prompt of ['word '.repeat(12_000), `-${'\u{1F9EE}'.repeat(5_000)}`]) {
    const { status, stdout, stderr } = await runProgram(['route', '--json', '--', prompt], { config })
    expect([status, stderr]).toEqual([0, ''])
    const piped = await runProgram(['route', '--json'], { config, input: prompt })
    expect(JSON.parse(stdout).candidates).toEqual(JSON.parse(piped.stdout).candidates)
  }
  const wrong = await runProgram(['route', 'x'.repeat(20_000), '--flags', 'nonsense'], { config })
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('"nonsense" in --flags')])
  const options = await runProgram(['route', 'Hello', '--flags', 'x'.repeat(20_000)], { config })
  expect([options.status, options.stderr]).toEqual([2, expect.stringContaining('the options are too long')])
})

test('standard input is a prompt where - stands for it, and where no prompt is given', async () => {
  const asArgument = await runProgram(['route', 'Prove that 2 is prime.', '--json'], { config })
  for (const args of [
    ['route', '-', '--json'],
    ['route', '--json'],
  ]) {
    const { status, stdout } = await runProgram(args, { config, input: 'Prove that 2 is prime.\n' })
    expect(status).toBe(0)
    expect(JSON.parse(stdout).candidates).toEqual(JSON.parse(asArgument.stdout).candidates)
  }
  const empty = await runProgram(['route', '-'], { config, input: '' })
  expect([empty.status, empty.stderr]).toEqual([2, expect.stringContaining('standard input is empty')])
  const bytes = await runProgram(['route', '-'], { config, input: Buffer.from([0xff, 0xfe]) })
  expect([bytes.status, bytes.stderr]).toEqual([2, expect.stringContaining('not UTF-8')])
})

// util-linux; not on every system.
const hasScript = spawnSync('script', ['--version']).status === 0

test.skipIf(!hasScript)('colours on a terminal, and none there with NO_COLOR', () => {
  const inTerminal = (environment: Readonly<Record<string, string>>): string =>
    execFileSync('script', ['-qec', `${process.execPath} ${MAIN} route Hello`, '/dev/null'], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...environment },
      encoding: 'utf8',
    })
  expect(inTerminal({})).toContain(ESCAPE)
  expect(inTerminal({ NO_COLOR: '1' })).not.toContain(ESCAPE)
})
