import type { JsonValue } from '../core/json.ts'
import { wantsAnswerLine } from './grade.ts'
import type { Probe } from './probe.ts'

/** Members of a chat body. */
export type Conversation = { readonly [member: string]: JsonValue }

/** What a router is to read of a probe: the conversation and its tools, without what is only said for the grader. */
export function conversationOf({ prompt, messages, tools }: Probe): Conversation {
  return {
    messages: messages ?? [{ role: 'user', content: prompt ?? '' }],
    ...(tools === undefined
      ? {}
      : {
          tools: tools.map(({ name, description, parameters }) => ({
            type: 'function',
            function: { name, description, parameters },
          })),
        }),
  }
}

/** What the model is asked: the conversation, and where the answer's place matters, a word on it. */
export function requestOf(probe: Probe): Conversation {
  const conversation = conversationOf(probe)
  if (!wantsAnswerLine(probe)) return conversation
  const messages = conversation['messages']
  if (!Array.isArray(messages)) return conversation
  const last: unknown = messages.at(-1)
  if (typeof last !== 'object' || last === null || !('content' in last) || typeof last.content !== 'string') {
    return conversation
  }
  return {
    ...conversation,
    messages: [...messages.slice(0, -1), { ...last, content: `${last.content.trimEnd()}\n\n${ANSWER_LINE}` }],
  }
}

const ANSWER_LINE = 'End with a line that says "Answer:" followed by the answer alone.'
