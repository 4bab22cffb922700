import type { Answer, Choice } from '../answer.ts'
import { namedEvent } from '../event-stream.ts'
import type { Frame, SimulatedCall, Stamp } from '../format.ts'
import { seal } from '../signature.ts'
import { writeEnd, writeHead, writeUsage } from './write-answer.ts'

/** A message's events. https://docs.claude.com/en/docs/build-with-claude/streaming */
export function* writeStream(call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  const [choice] = answer.choices
  const opened = { stop_reason: null, stop_sequence: null, content: [] }
  const message = { ...writeHead(call, stamp), ...opened, usage: writeUsage(answer, 1) }
  yield event({ type: 'message_start', message })
  if (choice !== undefined) yield* writeBlocks(choice)
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = writeUsage(
    answer,
    answer.completionTokens,
  )
  yield event({
    type: 'message_delta',
    delta: writeEnd(choice),
    usage: { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens },
  })
  yield event({ type: 'message_stop' })
}

function* writeBlocks({ reasoning, text, calls }: Choice): Generator<Frame> {
  let index = 0
  if (reasoning.length > 0) {
    yield* opened(index, { type: 'thinking', thinking: '', signature: '' })
    for (const thinking of reasoning) yield delta(index, { type: 'thinking_delta', thinking }, 1)
    yield delta(index, { type: 'signature_delta', signature: seal('claude', reasoning.join('')) }, 0)
    yield event({ type: 'content_block_stop', index })
    index += 1
  }
  let hasText = false
  for (const token of text) {
    if (!hasText) yield* opened(index, { type: 'text', text: '' })
    hasText = true
    yield delta(index, { type: 'text_delta', text: token }, 1)
  }
  if (hasText) {
    yield event({ type: 'content_block_stop', index })
    index += 1
  }
  for (const { id, name, argumentTokens } of calls) {
    yield* opened(index, { type: 'tool_use', id, name, input: {} }, 1)
    yield delta(index, { type: 'input_json_delta', partial_json: '' }, 0)
    for (const token of argumentTokens) yield delta(index, { type: 'input_json_delta', partial_json: token }, 1)
    yield event({ type: 'content_block_stop', index })
    index += 1
  }
}

/** A block's beginning; after the first one a ping, as Anthropic sends it. */
function* opened(index: number, block: object, tokens = 0): Generator<Frame> {
  yield event({ type: 'content_block_start', index, content_block: block }, tokens)
  if (index === 0) yield event({ type: 'ping' })
}

function delta(index: number, change: object, tokens: number): Frame {
  return event({ type: 'content_block_delta', index, delta: change }, tokens)
}

function event(data: { readonly type: string; readonly [member: string]: unknown }, tokens = 0): Frame {
  return { data: namedEvent(data.type, data), tokens }
}
