import { expect, test } from 'vitest'
import type { UserTurn } from '../core/user-turn.ts'
import type { PromptFlags } from './from-prompt.ts'
import type { TakenFlags } from './take-prompt-flags.ts'
import { takePromptFlags } from './take-prompt-flags.ts'

function turn(...texts: string[]): UserTurn {
  const isSingle = texts.length === 1
  return {
    texts: texts.map((text, index) => ({
      place: isSingle ? ['content'] : ['content', index, 'text'],
      text,
      block: isSingle ? undefined : ['content', index],
    })),
    hasMore: false,
  }
}

function take(text: string, allowed: PromptFlags = 'tighten'): TakenFlags | undefined {
  return takePromptFlags([turn(text)], allowed)
}

/** What is sent of a message of one text. */
function sent(text: string): unknown {
  const [edit] = take(text)?.edits ?? []
  return edit === undefined ? text : edit.value
}

test.each([
  ['[flag: cheap, eu, max_cost=1c]\nHello', { preset: 'cheap', require: { region: ['eu'] }, max: { cost_usd: 0.01 } }],
  ['Hello\n[FLAG: Cheap]', { preset: 'cheap' }],
  ['Hello\r\n\r\n [ flag : fast ] \n', { preset: 'fast' }],
  ['[Flag: Smallest model]\nHello', { preset: 'small' }],
  ['[Flag: Newest]\nHello', { preset: 'newest' }],
  ['[Flag: Most  secure]\nHello', { require: { security: 2 } }],
  ['[flag: zero retention; max-params=8b]\nHello', { require: { retention: 'zero' }, max: { params_b: 8 } }],
  [
    '[flag: region=(eu ch), license=("mit" "apache-2.0")]\nHi',
    { require: { region: ['eu', 'ch'], license: ['mit', 'apache-2.0'] } },
  ],
  ['[flag: max_cost = $0.02]\nHello', { max: { cost_usd: 0.02 } }],
  ['[flag: cheap]\nHello\n[flag: fast, us]', { preset: 'fast', require: { region: ['us'] } }],
])('%j says %j and is taken out', (text, directives) => {
  expect(take(text)).toMatchObject({ directives, warnings: [] })
  expect(String(sent(text)).trim()).toMatch(/^(Hello|Hi)$/)
})

test.each([
  'Hello [flag: cheap]',
  'Hello\n[flag: cheap]\nthere',
  '> [flag: cheap]\nHello',
  'Why?\n```\n[flag: cheap]',
  '[flags: cheap]\nHello',
  '[flag cheap]\nHello',
  'flag: cheap\nHello',
  `[flag: ${'cheap, '.repeat(100)}]\nHello`,
])('%j is text', (text) => {
  expect(take(text)).toBeUndefined()
})

test('a line after a block of code that is closed is a flag line', () => {
  expect(sent('```\nx\n```\n[flag: cheap]')).toBe('```\nx\n```')
})

test.each(['~~~\nx', '````md\n```\nx\n```', '```\nx\n~~~', '```\nx\n```js'])(
  'a line within a block of code is quoted: %j',
  (code) => {
    expect(take(`${code}\n[flag: cheap]`)).toBeUndefined()
  },
)

test.each(['~~~\nx\n~~~', '```\nx\n`````', '```x```'])('one after a block of code is not: %j', (code) => {
  expect(sent(`${code}\n[flag: cheap]`)).toBe(code)
})

test.each([
  ['[flag: cheap, frobnicate]', /^item 2 of it is no flag of prompts/],
  ['[flag: floor]', /^what it says is no flag of prompts/],
  ['[flag: cost=2]', /no flag of prompts/],
  ['[flag: relax=cost_usd]', /no flag of prompts/],
  ['[flag: models=x]', /no flag of prompts/],
  ['[flag: eu, zrd]', /^item 2 of it is no flag of prompts \(did you mean "zdr"\?\)/],
  ['[flag: max_cost=lots]', /cannot be read/],
  ['[flag: ]', /names no flags/],
])('%s in front of a text stays text, counts for nothing, and is told', (line, reason) => {
  const taken = take(`${line}\nHello`)
  expect(taken).toMatchObject({ directives: {}, edits: [], warnings: [{ path: 'content' }] })
  expect(taken?.warnings[0]?.reason).toMatch(reason)
})

test('a key that allows soft flags lets prompts choose presets, and none that sets limits', () => {
  expect(take('[flag: cheap]\nHello', 'soft')).toMatchObject({ directives: { preset: 'cheap' } })
  for (const flag of ['eu', 'max_cost=1c', 'private', 'open', 'local']) {
    expect(take(`[flag: ${flag}]\nHello`, 'soft'), flag).toMatchObject({ directives: {}, edits: [] })
  }
})

test('a backslash makes a line text, and is not sent', () => {
  expect(take('\\[flag: cheap]\nHello')?.directives).toEqual({})
  expect(sent('\\[flag: cheap]\nHello')).toBe('[flag: cheap]\nHello')
  expect(sent('Hello\n  \\[Flag: cheap] is how')).toBe('Hello\n  [Flag: cheap] is how')
  expect(sent('\\\\[flag: cheap]')).toBe('\\[flag: cheap]')
  expect(take('Write \\[flag: x] there')).toBeUndefined()
})

test('of several texts the first line of the first and the last line of the last count', () => {
  const taken = takePromptFlags([turn('[flag: cheap]\na\n[flag: us]', '[flag: us]\nb\n[flag: eu]')], 'tighten')
  expect(taken?.directives).toEqual({ preset: 'cheap', require: { region: ['eu'] } })
  expect(taken?.edits).toEqual([
    { place: ['content', 0, 'text'], value: 'a\n[flag: us]' },
    { place: ['content', 1, 'text'], value: '[flag: us]\nb' },
  ])
})

test('a text of flags alone is taken out with its block, where something else is there', () => {
  expect(takePromptFlags([turn('[flag: cheap]', 'Hello')], 'tighten')?.edits).toEqual([
    { place: ['content', 0], value: undefined },
  ])
})

test('a message of flags alone is sent as it is, counts, and says so', () => {
  const taken = take('[flag: cheap]')
  expect(taken).toMatchObject({ directives: { preset: 'cheap' }, edits: [] })
  expect(taken?.warnings).toEqual([{ path: 'content', reason: expect.stringContaining('nothing but flags') }])
})

test('flags of earlier turns count no more and are taken out all the same', () => {
  const turns = [turn('[flag: eu]\nHello'), turn('And now?')]
  expect(takePromptFlags(turns, 'tighten')).toEqual({
    directives: {},
    edits: [{ place: ['content'], value: 'Hello' }],
    warnings: [],
  })
})

test('a turn of pictures alone ends what an earlier one asked for, results of tools do not', () => {
  const flagged = turn('[flag: eu]\nHello')
  const say = (more: boolean) => takePromptFlags([flagged, { texts: [], hasMore: more }], 'tighten')?.directives
  expect(say(true)).toEqual({})
  expect(say(false)).toEqual({ require: { region: ['eu'] } })
})

test('blocks of agent programs are nobody’s words', () => {
  const block = '<system-reminder>\nx\n</system-reminder>'
  const taken = takePromptFlags([turn(block, '[flag: cheap]\nHello', block)], 'tighten')
  expect(taken?.edits).toEqual([{ place: ['content', 1, 'text'], value: 'Hello' }])
})
