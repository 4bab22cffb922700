import type { JsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { listOf, objectsOf, textOf } from '../read-json.ts'
import type { Dialect } from './dialect.ts'
import { openaiCall, plainError, plainUsage, refused } from './dialect.ts'

const ROLES = ['system', 'user', 'assistant', 'tool']

/**
 * Perplexity's chat completions, which it ended on 2026-09-27 for its Agent API (`openai-responses/agent-shape.ts`); kept
 * for what still stands in front of them. https://docs.perplexity.ai/api-reference/chat-completions-post
 */
export const perplexity: Dialect = {
  id: 'perplexity',
  check(body) {
    const messages = objectsOf(body['messages'])
    return checkRoles(messages) ?? checkAlternation(messages) ?? checkTools(body)
  },
  writeError: ({ message, type, status }) => plainError({ message, type, code: status }),
  answerId: 'plain',
  // Its reasoning models write their thoughts into the text. https://docs.perplexity.ai/models/models/sonar-reasoning-pro
  reasoning: (text) => ({ content: text }),
  reasoningTags: ['<think>\n', '</think>\n\n'],
  writeCall: openaiCall,
  callChunks: 'pieces',
  contentBesideCalls: null,
  lastDelta: { role: 'assistant', content: '' },
  usage: plainUsage,
  usageChunks: 'every',
  extras: (place) => ({
    citations: ['https://example.com/'],
    ...(place === 'last' ? { object: 'chat.completion.done' } : {}),
  }),
}

function checkRoles(messages: readonly JsonObject[]): Rejection | undefined {
  if (messages.length === 0) return told('At least one message is required.')
  const odd = messages.find(({ role }) => !ROLES.includes(textOf(role)))
  return odd === undefined ? undefined : told(`Role ${textOf(odd['role'])} is not supported.`)
}

/** https://github.com/perplexityai/api-discussion/issues/265, https://github.com/pipecat-ai/pipecat/pull/4009 */
function checkAlternation(messages: readonly JsonObject[]): Rejection | undefined {
  const start = messages.findIndex(({ role }) => role !== 'system')
  const turns = start < 0 ? [] : messages.slice(start)
  const isAssistants = turns.map(({ role }) => role === 'assistant')
  const isOdd =
    turns.some(({ role }) => role === 'system') ||
    isAssistants.some((isAssistant, index) => isAssistant !== (index % 2 === 1))
  if (isOdd) return told('After the (optional) system message(s), user and assistant roles should be alternating.')
  const last = turns.at(-1)
  return last === undefined || last['role'] === 'assistant'
    ? told('Last message must have role `user` or `tool`.')
    : undefined
}

/** https://docs.perplexity.ai/getting-started/models: Sonar calls no tools. */
function checkTools(body: JsonObject): Rejection | undefined {
  return listOf(body['tools']).length > 0 ? told('Tool calling is not supported for this model.') : undefined
}

function told(message: string): Rejection {
  return refused(message, 'invalid_message')
}
