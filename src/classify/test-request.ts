import type { ChatRequest, ContentPart, Message, Role } from '../core/request.ts'

/** A message of one text, or of the given parts. */
export function message(role: Role, content: string | readonly ContentPart[], given: Partial<Message> = {}): Message {
  return {
    role,
    content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    toolCalls: [],
    toolCallId: undefined,
    name: undefined,
    ...given,
  }
}

/** A chat request of these messages that says nothing else. */
export function request(messages: readonly Message[], given: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'auto',
    messages,
    tools: [],
    toolChoice: undefined,
    sampling: {
      maxOutputTokens: undefined,
      temperature: undefined,
      topP: undefined,
      choices: undefined,
      reasoningEffort: undefined,
    },
    responseFormat: undefined,
    stream: false,
    native: { format: 'openai-chat', body: {} },
    ...given,
  }
}
