import { expect, test } from 'vitest'
import type { WireFormatId } from '../../core/request.ts'
import {
  isChat,
  isReasoning,
  openaiEffort,
  openaiFormat,
  takesParallelCalls,
  takesStop,
  takesVerbosity,
  thinks,
} from './openai-family.ts'

function formatFor(model: string, client: WireFormatId, hasTools = false, effort?: string): WireFormatId | undefined {
  return openaiFormat(model, { client, isNamed: true, hasTools, effort })
}

test.each([
  'gpt-5-pro',
  'gpt-5.2-pro-2025-12-11',
  'gpt-5.5-pro',
  'gpt-5-codex',
  'gpt-5.1-codex-mini',
  'codex-mini-latest',
  'o1-pro',
  'o3-pro',
  'o4-mini-deep-research',
  'computer-use-preview',
])('%s is asked in Responses by everyone', (model) => {
  for (const client of ['openai-chat', 'openai-responses', 'anthropic-messages'] as const)
    expect(formatFor(model, client)).toBe('openai-responses')
})

test.each(['gpt-5', 'gpt-5-mini-2025-08-07', 'gpt-5.1', 'gpt-6-sol', 'o3', 'o4-mini'])(
  '%s is asked in Responses by clients of other formats',
  (model) => {
    expect(formatFor(model, 'anthropic-messages')).toBe('openai-responses')
    expect(formatFor(model, 'gemini-generate', true, 'none')).toBe('openai-responses')
    expect(formatFor(model, 'openai-chat')).toBeUndefined()
  },
)

test.each(['gpt-4.1', 'gpt-4o-search-preview', 'gpt-5-chat-latest', 'gpt-5-search-api', 'our-deployment'])(
  '%s is asked as before',
  (model) => {
    for (const client of ['openai-chat', 'anthropic-messages'] as const)
      expect(formatFor(model, client, true, 'high')).toBeUndefined()
  },
)

test('a chat stays one unless tools meet thoughts', () => {
  const asked = (model: string, effort?: string) => formatFor(model, 'openai-chat', true, effort)
  expect([asked('gpt-5.2', 'high'), asked('gpt-5.4'), asked('gpt-5.4', 'none'), asked('gpt-5.6', 'none')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect([asked('gpt-5.4', 'low'), asked('gpt-5.4-mini', 'high'), asked('gpt-5.5'), asked('gpt-6-sol')]).toEqual(
    Array(4).fill('openai-responses'),
  )
})

test.each([
  ['gpt-5.1', 'High', 'high'],
  ['gpt-5.1', 'auto', undefined],
  ['gpt-5', 'default', undefined],
  ['o3', 'adaptive', undefined],
  ['o3', 'minimal', 'low'],
  ['our-deployment', 'High', 'high'],
  ['our-deployment', 'deep', 'deep'],
])('%s, told to think "%s", hears %s', (model, said, heard) => {
  expect(openaiEffort(model, said)).toBe(heard)
})

test.each([
  ['ft:o4-mini-2025-04-16:org::id', 'o4-mini'],
  ['ft:gpt-5.4-mini:org::id', 'gpt-5.4-mini'],
  ['ft:gpt-4.1-mini-2025-04-14:org:name:id', 'gpt-4.1-mini'],
])('%s is as %s is', (tuned, base) => {
  for (const rule of [isReasoning, isChat, takesStop, takesParallelCalls, takesVerbosity])
    expect(rule(tuned), rule.name).toBe(rule(base))
  expect([openaiEffort(tuned, 'max'), thinks(tuned, undefined)]).toEqual([
    openaiEffort(base, 'max'),
    thinks(base, undefined),
  ])
  for (const client of ['openai-chat', 'anthropic-messages'] as const)
    expect(formatFor(tuned, client, true, 'high')).toBe(formatFor(base, client, true, 'high'))
})
