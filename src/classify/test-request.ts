import type { ContentPart } from '../core/content.ts'
import type { ChatRequest, Message, Role } from '../core/request.ts'

/** A message of one text, or of the given parts. */
export function message(role: Role, content: string | readonly ContentPart[], given: Partial<Message> = {}): Message {
  return {
    role,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    name: undefined,
    ...given,
  }
}

/** The message that answers a tool call. */
export function result(callId: string, text: string): Message {
  return message('tool', [{ type: 'tool-result', callId, content: [{ type: 'text', text }] }])
}

/** A chat request of these messages that says nothing else. */
export function request(messages: readonly Message[], given: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'auto',
    messages,
    tools: [],
    toolChoice: undefined,
    parallelToolCalls: undefined,
    sampling: {
      maxOutputTokens: undefined,
      temperature: undefined,
      topP: undefined,
      choices: undefined,
    },
    reasoning: undefined,
    responseFormat: undefined,
    stream: false,
    includeUsage: false,
    user: undefined,
    metadata: undefined,
    native: { format: 'openai-chat', body: {} },
    ...given,
  }
}
