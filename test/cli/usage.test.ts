import { expect, test } from 'vitest'
import { runProgram } from './program.ts'

test.each([
  [['--help']],
  [['serve', '--help']],
  [['route', '--help']],
  [['check', '--help']],
  [['profile', '--help']],
  [['replay', '--help']],
  [['simulate', '--help']],
])('%j explains itself and succeeds', async (args) => {
  const { status, stdout, stderr } = await runProgram(args)
  expect(stdout).toMatch(/^Usage: thalamus/)
  expect(stdout).toContain(args[0] === '--help' ? 'simulate' : 'Example:')
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

test('the version is that of the package', async () => {
  const { status, stdout } = await runProgram(['--version'])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(status).toBe(0)
})

test.each([
  [['rout'], 'there is no command "rout". Did you mean "route"?'],
  [['zzzzzzzzzz'], 'The commands are serve, route, check, eval, pareto, profile, replay, usage, simulate, help.'],
  [['--prot', '1'], "unknown option '--prot'"],
  [['serve', '--port', 'x'], 'a port is a number from 0 to 65535'],
  [['serve', '--port', '70000'], 'a port is a number from 0 to 65535'],
  [['serve', 'here'], 'too many arguments'],
  [['route'], "missing required argument 'prompt'"],
  [['route', 'hi', '--flags', 'nonsense'], '"nonsense" in --flags is not a routing flag'],
  [['route', 'hi', '--flags', 'max_cost=much'], '"max_cost" in --flags must be a number'],
  [['route', 'hi', '--flags', 'cheap++eu'], '--flags "cheap++eu" has an empty flag. Write FLAG or FLAG+FLAG.'],
  [['route', 'hi', '--pool', 'nowhere'], 'nowhere'],
  [['usage', '--by', 'colour'], 'Allowed choices are key, model, day'],
  [['usage', '--since', 'yesterday'], 'a day or a time as 2026-11-01'],
  [['profile'], "missing required argument 'model'"],
  [['profile', 'a/b', '--concurrency', '0'], 'a whole number from 1 to 64'],
  [['profile', 'a/b', '--max-tokens', '1e300'], 'a whole number from 1 to 1000000'],
  [['profile', 'openai/gpt-5-minny'], 'openai/gpt-5-minny: no configured model'],
])('%j is wrong usage: status 2 and what to do', async (args, message) => {
  const { status, stdout, stderr } = await runProgram(args)
  expect(stderr).toContain(message)
  expect(stderr).not.toMatch(/\n\s+at /)
  expect(stdout).toBe('')
  expect(status).toBe(2)
})
