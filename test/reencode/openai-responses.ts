import OpenAI from 'openai'
import type { Response as ResponsesAnswer, ResponseUsage } from 'openai/resources/responses/responses'
import type { FinishReason, StreamPart } from '../../src/core/stream-part.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import type { Client } from './client.ts'
import { answering, eventsOf, wholeBody } from './client.ts'
import type { Counts, Said } from './said.ts'
import { finishOf, jsonOr } from './said.ts'

const ASKED = { model: 'm', input: 'Hi' }

const INCOMPLETE = { max_output_tokens: 'length', content_filter: 'content-filter' } as const

function sdkOf(body: string, contentType: string): OpenAI {
  const fetch = answering(body, contentType)
  return new OpenAI({ apiKey: 'unused', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, fetch })
}

function said({ output, status, incomplete_details: details, usage }: ResponsesAnswer): Said {
  const calls = output.flatMap((item) => {
    if (item.type === 'function_call') return [{ id: item.call_id, name: item.name, input: jsonOr(item.arguments) }]
    return item.type === 'custom_tool_call'
      ? [{ id: item.call_id, name: item.name, input: item.input, custom: true as const }]
      : []
  })
  const contents = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return {
    text: contents.map((one) => (one.type === 'output_text' ? one.text : one.refusal)).join(''),
    reasoning: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map((one) => one.text) : []))
      .join(''),
    calls,
    finish: finishOfResponse(status, details?.reason, calls.length > 0),
    usage: countsOf(usage ?? undefined),
  }
}

/** `undefined`, or null in the JSON, where nobody counted. */
function countsOf(usage: ResponseUsage | undefined): Counts | undefined {
  return (
    usage && {
      input: usage.input_tokens,
      cached: usage.input_tokens_details.cached_tokens,
      written: usage.input_tokens_details.cache_write_tokens ?? 0,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details.reasoning_tokens,
    }
  )
}

/** A whole response says nothing but that it is whole: clients look whether there is a call to answer. */
function finishOfResponse(status: string | undefined, reason: string | undefined, calls: boolean): FinishReason {
  if (status === 'incomplete') return finishOf(INCOMPLETE, reason)
  if (status !== 'completed') throw new Error(`An answer has the status ${status}.`)
  return calls ? 'tool-calls' : 'stop'
}

async function whole(parts: readonly StreamPart[]): Promise<Said> {
  return said(await sdkOf(wholeBody(openaiResponses, parts), 'application/json').responses.create(ASKED))
}

async function streamed(parts: readonly StreamPart[]): Promise<Said> {
  const enframer = createEnframer('sse')
  const body = enframer.write(eventsOf(openaiResponses, parts)) + enframer.end()
  const runner = sdkOf(body, enframer.contentType).responses.stream(ASKED)
  let [text, reasoning] = ['', '']
  runner.on('response.output_text.delta', ({ delta }) => {
    text += delta
  })
  runner.on('response.refusal.delta', ({ delta }) => {
    text += delta
  })
  runner.on('response.reasoning_summary_text.delta', ({ delta }) => {
    reasoning += delta
  })
  const final = said((await runner.finalResponse()) as ResponsesAnswer)
  // The deltas and the last event must agree: clients read either.
  if (text !== final.text || reasoning !== final.reasoning) throw new Error(`Deltas ${text} and ${final.text} differ.`)
  return final
}

export const openaiResponsesClient: Client = {
  name: 'openai, responses',
  format: openaiResponses,
  whole,
  streamed,
  // No word for an end that nobody knows; calls are what a whole response ends with.
  carried: (answer) => ({
    ...answer,
    finish: answer.finish === 'other' ? (answer.calls.length > 0 ? 'tool-calls' : 'stop') : answer.finish,
  }),
}
