import { expect, test } from 'vitest'
import { readEnd } from './read-response.ts'

const chunk = (rest: object) => JSON.stringify({ object: 'chat.completion.chunk', choices: [], ...rest })

test('usage and finish reason are read from an event near the end', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 }
  expect(readEnd(chunk({ usage }))).toMatchObject({
    usage: { inputTokens: 3, outputTokens: 2 },
    finishReason: undefined,
  })
  const stop = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null })
  expect(readEnd(stop)).toEqual({ usage: undefined, finishReason: 'stop' })
  expect(readEnd(stop.replaceAll(':', ' : '))).toEqual({ usage: undefined, finishReason: 'stop' })
})

test('an event that says neither is not read, and one that cannot be read says nothing', () => {
  expect(readEnd('{"choices":[{"delta":{"content":"a"},"finish_reason":null}],"usage":null}')).toBeUndefined()
  expect(readEnd('{"usage":{"prompt_tokens":')).toBeUndefined()
})
