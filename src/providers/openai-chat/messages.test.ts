import { expect, test } from 'vitest'
import groq from '../groq.ts'
import mistral from '../mistral.ts'
import { adjusted, HELLO } from './test-adjusted.ts'

test.each([groq, mistral])('$id: a turn that says nothing there is left out', (provider) => {
  const spoken = { role: 'assistant', content: null, audio: { id: 'audio_1' } }
  const messages = [HELLO, spoken, HELLO, { role: 'assistant', content: '' }, HELLO]
  expect(adjusted(provider, { messages })).toEqual({
    body: { messages: [HELLO, HELLO, HELLO] },
    lost: ['messages[1].audio'],
  })
})
