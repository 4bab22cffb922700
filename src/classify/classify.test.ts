import { describe, expect, test } from 'vitest'
import { classify } from './classify.ts'
import { message, request, result } from './test-request.ts'

const call = { type: 'tool-call', id: 'c1', name: 'look_up', argumentsText: '{"word":"monad"}' } as const

describe('signals', () => {
  test('of a plain question', () => {
    expect(classify(request([message('user', 'What is a monad?')]))).toEqual({
      promptTokens: 9,
      lastTurnTokens: 9,
      turns: 1,
      phase: 'first-turn',
      toolCount: 0,
      isToolForced: false,
      hasImages: false,
      hasAudio: false,
      hasFiles: false,
      wantsJson: false,
      choices: 1,
      maxOutputTokens: undefined,
      routingText: 'What is a monad?',
      truncated: false,
    })
  })

  test('tell where the conversation stands', () => {
    const first = message('user', 'a')
    const answer = message('assistant', 'b')
    expect(classify(request([first, answer, first]))).toMatchObject({ phase: 'user-turn', turns: 2 })
    const loop = [first, message('assistant', [call]), result('c1', 'c')]
    expect(classify(request(loop))).toMatchObject({ phase: 'tool-loop', turns: 1 })
  })

  test('do not take a program’s reminder behind the results for a turn', () => {
    const loop = [message('user', 'a'), message('assistant', [call]), result('c1', 'c')]
    const reminder = message('user', '<system-reminder>The file has changed.</system-reminder>')
    expect(classify(request([...loop, reminder])).phase).toBe('tool-loop')
    expect(classify(request([...loop, message('user', 'Stop.')])).phase).toBe('user-turn')
  })

  test('tell what kinds of content are there', () => {
    const parts = [
      { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } },
      { type: 'audio', format: 'wav', source: { type: 'data', mediaType: 'audio/wav', data: 'A'.repeat(20_000) } },
      { type: 'file', source: { type: 'data', mediaType: 'application/pdf', data: 'B'.repeat(40_000) } },
    ] as const
    const signals = classify(request([message('user', parts)]))
    expect(signals).toMatchObject({ hasImages: true, hasAudio: true, hasFiles: true })
    // 800 for the picture, 10 for the second of sound, 1,000 for the file, 4 for the message.
    expect(signals.promptTokens).toBe(1_814)
  })

  test('count tools, their schemas and the calls made', () => {
    const schema = { type: 'object', properties: { word: { type: 'string', description: 'The word to look up.' } } }
    const tools = [{ name: 'look_up', description: 'Looks a word up in the dictionary.', parameters: schema }]
    const bare = classify(request([message('user', 'hi')]))
    const armed = classify(request([message('user', 'hi')], { tools }))
    expect(armed.toolCount).toBe(1)
    expect(armed.promptTokens - bare.promptTokens).toBeGreaterThan(30)
    const called = classify(request([message('user', 'hi'), message('assistant', [call])]))
    expect(called.promptTokens - bare.promptTokens).toBeGreaterThan(8)
  })

  test.each([
    ['auto', false],
    ['none', false],
    ['required', true],
    [{ name: 'look_up' }, true],
    [undefined, false],
  ] as const)('tool choice %j forces a call: %s', (toolChoice, isToolForced) => {
    expect(classify(request([message('user', 'hi')], { toolChoice })).isToolForced).toBe(isToolForced)
  })

  test.each([
    [{ type: 'json-object' }, true],
    [{ type: 'json-schema', schema: {} }, true],
    [{ type: 'text' }, false],
    [undefined, false],
  ] as const)('response format %j asks for JSON: %s', (responseFormat, wantsJson) => {
    expect(classify(request([message('user', 'hi')], { responseFormat })).wantsJson).toBe(wantsJson)
  })

  test("carry the caller's cap and number of choices", () => {
    const sampling = { ...request([]).sampling, maxOutputTokens: 7, choices: 3 }
    expect(classify(request([message('user', 'hi')], { sampling }))).toMatchObject({ maxOutputTokens: 7, choices: 3 })
  })
})
