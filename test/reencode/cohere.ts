import type { Cohere } from 'cohere-ai'
import { CohereClientV2 } from 'cohere-ai'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { cohereChat } from '../../src/wire/cohere-chat/index.ts'
import type { AnswerServer } from '../wire/answer-server.ts'
import type { Client } from './client.ts'
import { eventsOf, wholeBody } from './client.ts'
import type { Counts, Said } from './said.ts'
import { asFunctions, finishOf, jsonOr } from './said.ts'

const ASKED: Cohere.V2ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

const FINISH = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR: 'content-filter',
} as const

function countsOf(usage: Cohere.Usage | undefined): Counts | undefined {
  if (usage === undefined) return undefined
  const { tokens, cachedTokens = 0 } = usage
  return {
    input: tokens?.inputTokens ?? 0,
    cached: cachedTokens,
    written: 0,
    output: tokens?.outputTokens ?? 0,
    reasoning: 0,
  }
}

export function cohereClient(server: AnswerServer): Client {
  const sdk = new CohereClientV2({ token: 'unused', baseUrl: server.url, environment: server.url, maxRetries: 0 })

  async function whole(parts: readonly StreamPart[]): Promise<Said> {
    server.answer = { status: 200, contentType: 'application/json', body: wholeBody(cohereChat, parts) }
    const { message, finishReason, usage } = await sdk.chat(ASKED)
    const { content = [], toolPlan = '', toolCalls = [] } = message
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join('') + toolPlan,
      reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
      calls: toolCalls.map(({ id, function: called }) => ({
        id,
        name: called?.name ?? '',
        input: jsonOr(called?.arguments ?? ''),
      })),
      finish: finishOf(FINISH, finishReason),
      usage: countsOf(usage),
    }
  }

  async function streamed(parts: readonly StreamPart[]): Promise<Said> {
    const enframer = createEnframer('sse')
    const body = enframer.write(eventsOf(cohereChat, parts)) + enframer.end()
    server.answer = { status: 200, contentType: enframer.contentType, body }
    let [text, reasoning] = ['', '']
    const calls: { id: string; name: string; text: string }[] = []
    let end: Cohere.ChatMessageEndEventDelta | undefined
    for await (const event of await sdk.chatStream(ASKED)) {
      if (event.type === 'content-delta') {
        text += event.delta?.message?.content?.text ?? ''
        reasoning += event.delta?.message?.content?.thinking ?? ''
      } else if (event.type === 'tool-plan-delta') text += event.delta?.message?.toolPlan ?? ''
      else if (event.type === 'tool-call-start') {
        const call = event.delta?.message?.toolCalls
        calls.push({ id: call?.id ?? '', name: call?.function?.name ?? '', text: call?.function?.arguments ?? '' })
      } else if (event.type === 'tool-call-delta') {
        const call = calls[event.index ?? -1]
        if (call !== undefined) call.text += event.delta?.message?.toolCalls?.function?.arguments ?? ''
      } else if (event.type === 'message-end') end = event.delta
    }
    return {
      text,
      reasoning,
      calls: calls.map(({ id, name, text: input }) => ({ id, name, input: jsonOr(input) })),
      finish: finishOf(FINISH, end?.finishReason),
      usage: countsOf(end?.usage),
    }
  }

  const carried = (answer: Said): Said => ({
    ...answer,
    calls: asFunctions(answer.calls),
    finish: answer.finish === 'other' ? 'stop' : answer.finish,
    // Neither reasoning nor what was written to a cache is counted.
    usage: answer.usage && { ...answer.usage, written: 0, reasoning: 0 },
  })

  return { name: 'cohere-ai', format: cohereChat, whole, streamed, carried }
}
