import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Problem } from './problem.ts'
import { readConfig } from './read-config.ts'
import { contractExample } from './test-contract-example.ts'

function problemsOf(text: string): readonly Problem[] {
  const read = readConfig(text)
  if ('config' in read) throw new Error('The configuration was accepted.')
  return read.problems
}

const line = ({ path, problem, remedy }: Problem): string => `${path}: ${problem}. ${remedy}`

test('the example of the public contract is accepted as it stands', () => {
  const read = readConfig(contractExample)
  expect(read).toMatchObject({
    config: {
      server: { port: 8787, keys: [{ name: 'team-a', key: 'env:THALAMUS_KEY_TEAM_A', prompt_flags: 'off' }] },
      models: ['openai/gpt-5-mini', 'anthropic/claude-haiku-4-5', { facts: { released: '2024-07-23', price_in: 0 } }],
      aliases: { 'gpt-4o': 'auto:balanced' },
    },
  })
})

test('nothing said takes every default', () => {
  for (const text of ['', '# only a comment\n', '{}', '---\n']) {
    expect(readConfig(text)).toMatchObject({
      config: { server: { host: '127.0.0.1', port: 8787, keys: [] }, policy: 'balanced', router: { use: 'auto' } },
    })
  }
  expect(readConfig('providers: { ollama: }')).toMatchObject({ config: { providers: { ollama: { headers: {} } } } })
})

test.each([
  ['polcy: fast', 'polcy: unknown key. Did you mean "policy"?'],
  ['server: { prot: 1 }', 'server.prot: unknown key. Did you mean "port"?'],
  ['providers: { x: { base-url: "http://a" } }', 'providers.x.base-url: unknown key. Did you mean "base_url"?'],
  ['models: [{ id: a/b, fact: {} }]', 'models[0].fact: unknown key. Did you mean "facts"?'],
  [
    'models: [a/b, { id: a/c, facts: { pric_in: 1 } }]',
    'models[1].facts.pric_in: unknown key. Did you mean "price_in"?',
  ],
  [
    'server: { keys: [{ name: a, key: env:A, promptflags: off }] }',
    'server.keys[0].promptflags: unknown key. Did you mean "prompt_flags"?',
  ],
  [
    'server: { keys: [{ name: a, key: env:A, limits: { concurent: 1 } }] }',
    'server.keys[0].limits.concurent: unknown key. Did you mean "concurrent"?',
  ],
  [
    'server: { keys: [{ name: a, key: env:A, budget: { usd: 1, per: day, pre: 1 } }] }',
    'server.keys[0].budget.pre: unknown key. Did you mean "per"?',
  ],
  ['pools: { a: { models: ["*"], presets: fast } }', 'pools.a.presets: unknown key. Did you mean "preset"?'],
  ['router: { deadline: 3 }', 'router.deadline: unknown key. Did you mean "deadline_ms"?'],
  ['timeouts: { idle: 3 }', 'timeouts.idle: unknown key. Did you mean "idle_ms"?'],
  ['store: { url: a, uri: b }', 'store.uri: unknown key. Did you mean "url"?'],
  ['telemetry: { otlp_endpoin: a }', 'telemetry.otlp_endpoin: unknown key. Did you mean "otlp_endpoint"?'],
  ['telemetry: { otlp: { trace: false } }', 'telemetry.otlp.trace: unknown key. Did you mean "traces"?'],
  [
    'router: { zzzzzzzzzz: 1 }',
    'router.zzzzzzzzzz: unknown key. Remove it, or use one of: use, device, remote, deadline_ms.',
  ],
])('an unknown key is named with its path: %s', (text, expected) => {
  expect(problemsOf(text).map(line)).toContain(expected)
})

test.each([
  ['server: { port: 70000 }', 'server.port: too large. Use at most 65535.'],
  ...[
    ['router.deadline_ms', 'router: { deadline_ms: 3000000000 }'],
    ['router.remote.timeout_ms', 'router: { remote: { url: "http://a", timeout_ms: 2147483648 } }'],
    ['timeouts.connect_ms', 'timeouts: { connect_ms: 3000000000 }'],
    ['timeouts.total_ms', 'timeouts: { total_ms: 3000000000 }'],
  ].map(([path = '', text = '']): [string, string] => [
    text,
    `${path}: longer than a timer can wait. Use at most 2147483647 (24 days).`,
  ]),
  ['server: { max_attempts: 0 }', 'server.max_attempts: too small. Use more than 0.'],
  ['server: { host: 3 }', 'server.host: is a number, not a text. Write a text.'],
  ['server: { port: "8787" }', 'server.port: is a text, not a number. Write a number.'],
  ['server:', 'server: has no value. Write a map of keys, or remove the key.'],
  ['server: { keys: [{ key: env:A }] }', 'server.keys[0].name: missing. Add it.'],
  [
    'router: { device: gpu }',
    'router.device: not one of the choices. Use one of: auto, cpu, cuda, tensorrt, webgpu, coreml, dml, remote.',
  ],
  [
    'models: [5]',
    'models[0]: neither a name nor an object. Write PROVIDER/MODEL, or { id: PROVIDER/MODEL, facts: … }.',
  ],
  [
    'models: [{ id: a/b, facts: { released: yesterday } }]',
    'models[0].facts.released: not a date. Write it as 2024-07-23 or 2024-07.',
  ],
  [
    'models: [{ id: a/b, facts: { security: 5 } }]',
    'models[0].facts.security: not one of the choices. Use one of: 0, 1, 2, 3.',
  ],
  ['pools: { a: { models: [] } }', 'pools.a.models: empty. Give it a value, or remove the key.'],
  [
    'providers: { x: { base_url: "ftp://a" } }',
    'providers.x.base_url: not an http:// or https:// address. Write it as http://127.0.0.1:8000.',
  ],
  ['providers: { "a b": {} }', 'providers.a b: not a name. Use letters, digits, ".", "_" and "-".'],
  ['just words', 'file: is a text, not a map of keys. Write a map of keys.'],
  ['- a', 'file: is a list, not a map of keys. Write a map of keys.'],
])('a wrong value is named with its path and what to write: %s', (text, expected) => {
  expect(problemsOf(text).map(line)).toEqual([expected])
})

test('all problems are reported at once', () => {
  const text = 'server: { prot: 1, host: 3 }\npolicy: 7\nrouter: { device: gpu }\n'
  expect(problemsOf(text).map(({ path }) => path)).toEqual(['server.host', 'server.prot', 'router.device', 'policy'])
})

test('broken YAML is named with its line and column', () => {
  expect(problemsOf('server:\n  port: 1\n bad: [\n').map(({ path }) => path)).toContainEqual(
    expect.stringMatching(/^line 3, column \d+$/),
  )
  expect(problemsOf('server: {}\nserver: {}\n').map(line)).toEqual([
    'line 2, column 1: Map keys must be unique. Correct the YAML there.',
  ])
})

test('an alias without its anchor, and aliases that multiply, are problems and not crashes', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefgh'
    .split('')
    .map((name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(', ')}]`)
    .join('\n')}`
  for (const text of ['policy: *nowhere', bomb]) {
    expect(problemsOf(text).map(({ problem }) => problem)).toEqual(['its YAML aliases cannot be resolved'])
  }
})

test.each([
  'providers: { openai: { key: SECRET } }',
  'providers: { openai: SECRET }',
  'providers: { openai: { key: [SECRET] } }',
  'providers: { openai: { key:SECRET } }',
  'providers:\n  openai:\n    key:SECRET\n',
  'server: { keys: [{ name: a, key: SECRET }] }',
  'server: { keys: [{ name: a, key:SECRET }] }',
  'server: { keys: [SECRET] }',
  'providers: { openai: { key: "SECRET } }',
  'providers: { openai: { key: *SECRET } }',
  'providers: { openai: { key: @SECRET } }',
  'providers: { openai: { key: !SECRET x } }',
  'key: SECRET: x',
  'server: SECRET',
  'models: [{ id: a/b, facts: { license: "SECRET, x }}]',
])('a literal secret is refused and never repeated: %s', (text) => {
  const secret = 'sk-live-4242abcdefgh'
  const problems = problemsOf(text.replaceAll('SECRET', secret))
  expect(problems).not.toHaveLength(0)
  expect(JSON.stringify(problems)).not.toContain('4242')
})

test('no text makes the reader throw, and every refusal has a path, a problem and a remedy', () => {
  const word = fc.constantFrom(
    'server',
    'providers',
    'models',
    'key',
    'facts',
    'env:A',
    '*a',
    '&a',
    '!t',
    '"',
    '1',
    'null',
  )
  const glue = fc.constantFrom(': ', '\n', '\n  ', '\n- ', ', ', '{', '}', '[', ']', ' ', '---\n', '\t', '<<: ')
  const almostYaml = fc.array(fc.oneof(word, glue), { maxLength: 30 }).map((parts) => parts.join(''))
  const json = fc.jsonValue().map((value) => JSON.stringify(value))
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), almostYaml, json), (text) => {
      const read = readConfig(text)
      if ('config' in read) return
      expect(read.problems.length).toBeGreaterThan(0)
      for (const { path, problem, remedy } of read.problems) {
        expect(path.length * problem.length * remedy.length, JSON.stringify(read.problems)).toBeGreaterThan(0)
      }
    }),
    { numRuns: 500 },
  )
})
