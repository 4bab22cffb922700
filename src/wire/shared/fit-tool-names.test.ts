import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import { fitToolNames, PLAIN_NAME } from './fit-tool-names.ts'

const GEMINI_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/

function tool(name: string): Tool {
  return { name, description: undefined, parameters: undefined }
}

function requestOf(names: readonly string[], rest: Partial<ChatRequest> = {}): ChatRequest {
  const [first = ''] = names
  return {
    model: 'auto',
    messages: [
      { role: 'assistant', name: undefined, content: [{ type: 'tool-call', id: 'a', name: first, argumentsText: '' }] },
      { role: 'tool', name: undefined, content: [{ type: 'tool-result', callId: 'a', name: first, content: [] }] },
    ],
    tools: names.map(tool),
    toolChoice: { allowed: names, mode: 'auto' },
    parallelToolCalls: undefined,
    sampling: { maxOutputTokens: undefined, temperature: undefined, topP: undefined, choices: undefined },
    reasoning: undefined,
    responseFormat: undefined,
    stream: false,
    includeUsage: false,
    user: undefined,
    metadata: undefined,
    native: { format: 'openai-chat', body: {} },
    ...rest,
  }
}

const anyName = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.constantFrom('get.weather', 'get/weather', 'get_weather', '1st', `${'x'.repeat(70)}a`, `${'x'.repeat(70)}b`),
)

test.each([
  ['plain', PLAIN_NAME],
  ['Gemini’s', GEMINI_NAME],
])('%s names: valid, each its own, the same wherever they stand, and each comes back', (_, valid) => {
  fc.assert(
    fc.property(fc.uniqueArray(anyName, { minLength: 1, maxLength: 8 }), (names) => {
      const { request, toolNames } = fitToolNames(requestOf(names), valid)
      const written = request.tools.map(({ name }) => name)
      for (const name of written) expect(name).toMatch(valid)
      expect(new Set(written).size).toBe(names.length)
      expect(written.map((name) => toolNames?.get(name) ?? name)).toEqual(names)
      expect(request.toolChoice).toEqual({ allowed: written, mode: 'auto' })
      const named = request.messages.flatMap(({ content }) =>
        content.flatMap((part) => ('name' in part ? [part.name] : [])),
      )
      expect(named).toEqual([written[0], written[0]])
      names.forEach((name, index) => void (valid.test(name) && expect(written[index]).toBe(name)))
    }),
  )
})

test('a name that a fitted one would take is left to whoever has it', () => {
  const fitted = fitToolNames(requestOf(['a.b']), PLAIN_NAME).request.tools[0]?.name ?? ''
  const { request } = fitToolNames(requestOf(['a.b', fitted]), PLAIN_NAME)
  expect(request.tools[1]?.name).toBe(fitted)
  expect(request.tools[0]?.name).not.toBe(fitted)
})

test('names that are chosen or called only are fitted too; a provider’s own tools keep theirs', () => {
  const native: Tool = { ...tool('web.search'), native: { format: 'openai-chat', value: {} } }
  const given = requestOf(['c.d'], { tools: [native], toolChoice: { name: 'web.search' } })
  const { request, toolNames } = fitToolNames(given, PLAIN_NAME)
  expect([request.tools, request.toolChoice]).toEqual([[native], { name: 'web.search' }])
  expect([...(toolNames ?? [])].map(([, name]) => name)).toEqual(['c.d'])
  const chosen = fitToolNames(requestOf(['e'], { toolChoice: { name: 'f.g' } }), PLAIN_NAME)
  expect([...(chosen.toolNames ?? [])].map(([, name]) => name)).toEqual(['f.g'])
})

test('a request whose names may all stand is the same request', () => {
  const given = requestOf(['get_weather', 'x'.repeat(64)])
  expect(fitToolNames(given, PLAIN_NAME).request).toBe(given)
})
