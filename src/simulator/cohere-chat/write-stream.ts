import type { Answer, Choice } from '../answer.ts'
import { namedEvent } from '../event-stream.ts'
import type { Frame, Rejection, SimulatedCall, Stamp } from '../format.ts'
import { writeEnd } from './write-answer.ts'

/** The events of a streamed answer. https://docs.cohere.com/v2/docs/streaming */
export function* writeStream(_call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  const [choice] = answer.choices
  const opened = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  yield event({ id: stamp.id, type: 'message-start', delta: { message: opened } })
  if (choice !== undefined && choice.calls.length > 0) yield* writeCalls(choice)
  else if (choice !== undefined) yield* writeContent(choice)
  yield event({ type: 'message-end', delta: writeEnd(answer) })
}

/** An answer that ended in an error says so in its last event. https://docs.cohere.com/reference/chat-stream */
export function writeStreamError({ message }: Rejection): string {
  return namedEvent('message-end', { type: 'message-end', delta: { finish_reason: 'ERROR', error: message } })
}

function* writeContent({ reasoning, text }: Choice): Generator<Frame> {
  let index = 0
  if (reasoning.length > 0) {
    yield piece('content-start', index, { content: { type: 'thinking', thinking: '' } }, 0)
    for (const token of reasoning) yield piece('content-delta', index, { content: { thinking: token } }, 1)
    yield event({ type: 'content-end', index })
    index += 1
  }
  let hasText = false
  for (const token of text) {
    if (!hasText) yield piece('content-start', index, { content: { type: 'text', text: '' } }, 0)
    hasText = true
    yield piece('content-delta', index, { content: { text: token } }, 1)
  }
  if (hasText) yield event({ type: 'content-end', index })
}

function* writeCalls({ reasoning, calls }: Choice): Generator<Frame> {
  for (const token of reasoning) {
    yield event({ type: 'tool-plan-delta', delta: { message: { tool_plan: token } } }, 1)
  }
  for (const [index, { id, name, argumentTokens }] of calls.entries()) {
    const named = { id, type: 'function', function: { name, arguments: '' } }
    yield piece('tool-call-start', index, { tool_calls: named }, 1)
    for (const token of argumentTokens) {
      yield piece('tool-call-delta', index, { tool_calls: { function: { arguments: token } } }, 1)
    }
    yield event({ type: 'tool-call-end', index })
  }
}

function piece(type: string, index: number, message: object, tokens: number): Frame {
  return event({ type, index, delta: { message } }, tokens)
}

function event(data: { readonly type: string; readonly [member: string]: unknown }, tokens = 0): Frame {
  return { data: namedEvent(data.type, data), tokens }
}
