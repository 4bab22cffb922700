import type { ContentPart } from '../../src/core/content.ts'
import type { ChatRequest, Message } from '../../src/core/request.ts'
import { NOTHING_SAID } from './arbitrary-request.ts'

export const user = (...content: ContentPart[]): Message => ({ role: 'user', content, name: undefined })
export const text = (said: string): ContentPart => ({ type: 'text', text: said })

/** A request that says nothing but hello. */
export const HELLO: ChatRequest = {
  model: 'auto',
  messages: [user(text('Hello'))],
  tools: [],
  toolChoice: undefined,
  parallelToolCalls: undefined,
  sampling: NOTHING_SAID,
  reasoning: undefined,
  responseFormat: undefined,
  stream: false,
  includeUsage: false,
  user: undefined,
  metadata: undefined,
  native: { format: 'openai-chat', body: {} },
}
export const TOOL = { name: 'f', description: 'Does f.', parameters: { type: 'object' } }
export const GRAMMAR = { type: 'grammar', grammar: { syntax: 'regex', definition: '[a-z]+' } }
export const OTHER = { name: 'g', description: undefined, parameters: undefined }
