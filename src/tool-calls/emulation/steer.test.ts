import { expect, test } from 'vitest'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import { steer } from './steer.ts'

const tool = (name: string): Tool => ({ name, description: undefined, parameters: { type: 'object', properties: {} } })
const asked = (toolChoice: ChatRequest['toolChoice']): ChatRequest => ({
  model: 'm',
  messages: [],
  tools: [],
  toolChoice,
  parallelToolCalls: undefined,
  sampling: { maxOutputTokens: undefined, temperature: undefined, topP: undefined, choices: undefined },
  reasoning: undefined,
  responseFormat: undefined,
  stream: false,
  includeUsage: false,
  user: undefined,
  metadata: undefined,
  native: { format: 'openai-chat', body: {} },
})

test('a call that is demanded is begun for a model whose server goes on from it and knows no schemas', () => {
  const goesOn = { continue_final_message: true }
  const several = steer(asked('required'), [tool('a'), tool('b')], false, { goesOn })
  expect(several).toEqual({ begun: '<tool_call>\n{"name": "', members: goesOn })
  const one = steer(asked({ name: 'a' }), [tool('a')], true, { goesOn })
  expect(one.begun).toBe('<tool_call>\n{"name": "a", "arguments":')
})

test('nothing is held to anything where the server can do nothing of it, or the model may choose', () => {
  expect(steer(asked('required'), [tool('a')], false, {})).toEqual({})
  expect(steer(asked('auto'), [tool('a')], false, { schemas: true, goesOn: {} })).toEqual({})
})
