import type { TokenUsage } from '@aws-sdk/client-bedrock-runtime'
import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { encodeAwsEvents } from '../wire/aws-frames.ts'
import type { AwsSdk } from '../wire/aws-sdk.ts'
import type { Client } from './client.ts'
import { eventsOf, wholeBody } from './client.ts'
import type { Counts, Said } from './said.ts'
import { asObjects, finishOf, jsonOr } from './said.ts'

const ASKED = { modelId: 'm', messages: [{ role: 'user' as const, content: [{ text: 'Hi' }] }] }

const FINISH = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  content_filtered: 'content-filter',
  guardrail_intervened: 'content-filter',
} as const

function countsOf(usage: TokenUsage | undefined): Counts | undefined {
  if (usage === undefined) return undefined
  const {
    inputTokens = 0,
    outputTokens = 0,
    cacheReadInputTokens: cached = 0,
    cacheWriteInputTokens: written = 0,
  } = usage
  return { input: inputTokens + cached + written, cached, written, output: outputTokens, reasoning: 0 }
}

export function bedrockClient(sdk: AwsSdk): Client {
  async function whole(parts: readonly StreamPart[]): Promise<Said> {
    sdk.served = { status: 200, type: 'application/json', body: wholeBody(bedrockConverse, parts) }
    const { output, stopReason, usage } = await sdk.client.send(new ConverseCommand(ASKED))
    const content = output?.message?.content ?? []
    return {
      text:
        content.map((block) => block.text ?? '').join('') +
        content
          .flatMap((block) => block.citationsContent?.content ?? [])
          .map((one) => one.text ?? '')
          .join(''),
      reasoning: content.map((block) => block.reasoningContent?.reasoningText?.text ?? '').join(''),
      calls: content.flatMap(({ toolUse: call }) =>
        call === undefined ? [] : [{ id: call.toolUseId ?? '', name: call.name ?? '', input: call.input }],
      ),
      finish: finishOf(FINISH, stopReason),
      usage: countsOf(usage),
    }
  }

  async function streamed(parts: readonly StreamPart[]): Promise<Said> {
    const body = encodeAwsEvents(eventsOf(bedrockConverse, parts))
    sdk.served = { status: 200, type: 'application/vnd.amazon.eventstream', body }
    const { stream } = await sdk.client.send(new ConverseStreamCommand(ASKED))
    let [text, reasoning] = ['', '']
    const calls = new Map<number | undefined, { id: string; name: string; text: string }>()
    let stopReason: string | undefined
    let usage: TokenUsage | undefined
    for await (const { contentBlockStart: start, contentBlockDelta: piece, messageStop, metadata } of stream ?? []) {
      const call = start?.start?.toolUse
      if (call !== undefined)
        calls.set(start?.contentBlockIndex, { id: call.toolUseId ?? '', name: call.name ?? '', text: '' })
      text += piece?.delta?.text ?? ''
      reasoning += piece?.delta?.reasoningContent?.text ?? ''
      const open = calls.get(piece?.contentBlockIndex)
      if (open !== undefined) open.text += piece?.delta?.toolUse?.input ?? ''
      stopReason ??= messageStop?.stopReason
      usage ??= metadata?.usage
    }
    return {
      text,
      reasoning,
      calls: [...calls.values()].map(({ id, name, text: input }) => ({ id, name, input: jsonOr(input) })),
      finish: finishOf(FINISH, stopReason),
      usage: countsOf(usage),
    }
  }

  const carried = (answer: Said): Said => ({
    ...answer,
    calls: asObjects(answer.calls),
    finish: answer.finish === 'other' ? 'stop' : answer.finish,
    // Reasoning is not counted apart.
    usage: answer.usage && { ...answer.usage, reasoning: 0 },
  })

  return {
    name: '@aws-sdk/client-bedrock-runtime',
    format: bedrockConverse,
    whole,
    streamed,
    carried,
  }
}
