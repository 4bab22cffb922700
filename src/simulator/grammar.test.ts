import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULTS } from './behaviour.ts'
import { GRAMMAR, readBehaviour } from './grammar.ts'

function behaviour(model: string) {
  const read = readBehaviour(model)
  if (read.type === 'problem') throw new Error(read.problem)
  return read.behaviour
}

test('any name that holds no behaviour is an ordinary model', () => {
  for (const model of ['gpt-5-mini', 'openai/gpt-5-mini', 'llama3.1:8b', 'a/b/c@d', 'x+y;z', 'cut-throat', '']) {
    expect(behaviour(model), model).toMatchObject({ answer: { type: 'text' }, fault: { type: 'none' }, tokens: 60 })
  }
})

test('the last path segment selects the behaviour', () => {
  expect(behaviour('provider/x/cut@40').fault).toEqual({ type: 'cut', afterTokens: 40 })
  expect(behaviour('cut@40/gpt').fault).toEqual({ type: 'none' })
})

test('behaviours join with a semicolon or a plus', () => {
  const expected = { firstTokenDelayMs: 200, tokenDelayMs: 5, tokens: 500, fault: { type: 'stall', afterTokens: 10 } }
  expect(behaviour('slow-ttft=200;itl=5;tokens=500;stall@10')).toMatchObject(expected)
  expect(behaviour('stall@10+slow-ttft=200+itl=5;tokens=500')).toMatchObject(expected)
  expect(behaviour('429;retry-after=1')).toMatchObject({ fault: { type: 'status', status: 429 }, retryAfter: '1' })
  expect(behaviour('dribble;tool:get_weather')).toMatchObject({ isDribbled: true, answer: { name: 'get_weather' } })
})

test('a fault without its number happens at once', () => {
  for (const type of ['cut', 'stall', 'malformed', 'error-in-200']) {
    expect(behaviour(type).fault).toEqual({ type, afterTokens: 0 })
  }
})

test('a name that is nearly a behaviour is a problem, not an ordinary model', () => {
  const names = [
    'cut@',
    'cut@x',
    'cut=4',
    '429;nonsense',
    'gpt+ok+cut@1',
    'slow-ttft',
    'slow-ttft=1e3',
    'tokens=999999',
  ]
  const more = ['ok@1', '500@2', 'tool', 'tool:', 'tool:a b', 'text-tool:latin', 'empty-200@1', 'itl=-1']
  for (const name of [...names, ...more]) expect(readBehaviour(name).type, name).toBe('problem')
})

test('behaviours that exclude each other are a problem', () => {
  for (const name of ['cut@1;stall@2', '500;reset', 'huge;never-ends', 'tokens=1;tokens=2', 'ok;retry-after=1']) {
    expect(readBehaviour(name).type, name).toBe('problem')
  }
})

test('defaults hold where the name says nothing', () => {
  const read = readBehaviour('itl=3', { tokens: 7, firstTokenDelayMs: 9, tokenDelayMs: 1 })
  expect(read).toMatchObject({ behaviour: { tokens: 7, firstTokenDelayMs: 9, tokenDelayMs: 3 } })
})

test('reasoning goes with an answer, a fault and a tool', () => {
  expect(behaviour('think=7').reasoningTokens).toBe(7)
  expect(behaviour('reasoning').reasoningTokens).toBe(20)
  expect(behaviour('ok').reasoningTokens).toBe(0)
  expect(behaviour('think=2;cut@1')).toMatchObject({ reasoningTokens: 2, fault: { type: 'cut', afterTokens: 1 } })
  expect(behaviour('think=2;tool:x')).toMatchObject({ reasoningTokens: 2, answer: { type: 'tool', name: 'x' } })
  expect(readBehaviour('think').type).toBe('problem')
})

test('an endless answer has a pace of its own', () => {
  expect(behaviour('never-ends').tokenDelayMs).toBeGreaterThan(DEFAULTS.tokenDelayMs)
  expect(behaviour('never-ends;itl=0').tokenDelayMs).toBe(0)
})

test('every name is read without throwing', () => {
  const pieces = fc.constantFrom(
    'cut',
    '@',
    '=',
    ':',
    ';',
    '+',
    '/',
    '5',
    'tool',
    '429',
    'retry-after',
    '__proto__',
    'é',
  )
  fc.assert(
    fc.property(fc.array(pieces), (parts) => void readBehaviour(parts.join(''))),
    { numRuns: 2_000 },
  )
})

test('the grammar names every behaviour of the contract', () => {
  const forms = GRAMMAR.map(({ form }) => form).join(' ')
  for (const head of [
    'ok',
    'slow-ttft',
    'cut@',
    'stall@',
    'error-in-200',
    'empty-200',
    'malformed@',
    'STATUS',
    'reset',
  ]) {
    expect(forms).toContain(head)
  }
  for (const head of [
    'retry-after',
    'tool:',
    'tool-parallel',
    'text-tool:',
    'huge',
    'dribble',
    'never-ends',
    'think=',
  ]) {
    expect(forms).toContain(head)
  }
})
