import OpenAI from 'openai'
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import type { Client } from './client.ts'
import { answering, eventsOf, wholeBody } from './client.ts'
import type { Said } from './said.ts'
import { finishOf, jsonOr } from './said.ts'

const ASKED = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] }

const FINISH = { stop: 'stop', length: 'length', tool_calls: 'tool-calls', content_filter: 'content-filter' } as const

function sdkOf(body: string, contentType: string): OpenAI {
  const fetch = answering(body, contentType)
  return new OpenAI({ apiKey: 'unused', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, fetch })
}

/** Reasoning is no member of OpenAI's own types. */
type Thinking = { readonly reasoning_content?: string | null }

function said({ choices, usage }: ChatCompletion, reasoning: string): Said {
  const [choice] = choices
  if (choice === undefined || choices.length > 1) throw new Error('One choice was asked for.')
  const { message, finish_reason: finish } = choice
  return {
    text: (message.content ?? '') + (message.refusal ?? ''),
    reasoning,
    calls: (message.tool_calls ?? []).map((call) =>
      call.type === 'function'
        ? { id: call.id, name: call.function.name, input: jsonOr(call.function.arguments) }
        : { id: call.id, name: call.custom.name, input: call.custom.input, custom: true as const },
    ),
    finish: finishOf(FINISH, finish),
    usage: usage && {
      input: usage.prompt_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
      written: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
      output: usage.completion_tokens,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  }
}

async function whole(parts: readonly StreamPart[]): Promise<Said> {
  const sdk = sdkOf(wholeBody(openaiChat, parts), 'application/json')
  const completion = await sdk.chat.completions.create(ASKED)
  return said(completion, (completion.choices[0]?.message as Thinking | undefined)?.reasoning_content ?? '')
}

/** By the SDK's stream helper, which refuses calls that break the contract of design/tool-calling.md §2.4. */
async function streamed(parts: readonly StreamPart[]): Promise<Said> {
  const enframer = createEnframer('sse')
  const body = enframer.write(eventsOf(openaiChat, parts)) + enframer.end()
  const runner = sdkOf(body, enframer.contentType).chat.completions.stream(ASKED)
  let reasoning = ''
  runner.on('chunk', ({ choices }: ChatCompletionChunk) => {
    reasoning += (choices[0]?.delta as Thinking | undefined)?.reasoning_content ?? ''
  })
  return said(await runner.finalChatCompletion(), reasoning)
}

export const openaiChatClient: Client = {
  name: 'openai, chat.completions',
  format: openaiChat,
  whole,
  streamed,
  // No word for an end that nobody knows.
  carried: (answer) => ({ ...answer, finish: answer.finish === 'other' ? 'stop' : answer.finish }),
}
