import Anthropic from '@anthropic-ai/sdk'
import type { AnswerBlock } from '../../src/core/fold.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import type { Client } from './client.ts'
import { answering, eventsOf, wholeBody } from './client.ts'
import type { Said } from './said.ts'
import { asObjects, finishOf, NO_COUNTS } from './said.ts'

const ASKED = { model: 'm', max_tokens: 1, messages: [{ role: 'user' as const, content: 'Hi' }] }

const FINISH = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
} as const

function sdkOf(body: string, contentType: string): Anthropic {
  return new Anthropic({ apiKey: 'unused', maxRetries: 0, fetch: answering(body, contentType) })
}

function said({ content, stop_reason: finish, usage }: Anthropic.Message): Said {
  const read = usage.cache_read_input_tokens ?? 0
  const written = usage.cache_creation_input_tokens ?? 0
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, input: block.input }] : [],
    ),
    finish: finishOf(FINISH, finish),
    usage: {
      input: usage.input_tokens + read + written,
      cached: read,
      written,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
  }
}

async function whole(parts: readonly StreamPart[]): Promise<Said> {
  return said(await sdkOf(wholeBody(anthropicMessages, parts), 'application/json').messages.create(ASKED))
}

async function streamed(parts: readonly StreamPart[]): Promise<Said> {
  const enframer = createEnframer('sse')
  const body = enframer.write(eventsOf(anthropicMessages, parts)) + enframer.end()
  return said(await sdkOf(body, enframer.contentType).messages.stream(ASKED).finalMessage())
}

export const anthropicClient: Client = {
  name: '@anthropic-ai/sdk',
  format: anthropicMessages,
  whole,
  streamed,
  carried,
}

function carried(answer: Said, parts: readonly StreamPart[]): Said {
  const { blocks } = foldParts(parts)
  return {
    ...answer,
    text: blocks.map(wordsOf).join(''),
    calls: asObjects(answer.calls),
    finish: answer.finish === 'other' ? 'stop' : answer.finish,
    // An answer without counts is none for this SDK.
    usage: answer.usage ?? NO_COUNTS,
  }
}

/** An image or a sound is said to be there: an answer of this format is words. */
function wordsOf(block: AnswerBlock): string {
  if (block.type === 'media') return block.transcript ?? `[${block.mediaType}: this API cannot carry it]`
  return block.type === 'text' || block.type === 'refusal' ? block.text : ''
}
