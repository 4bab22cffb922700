import { breakEvent, EVENT_STREAM_HEADERS, namedEvent } from '../event-stream.ts'
import type { ErrorPlace, Rejection, SimulatedFormat } from '../format.ts'
import { readModel } from '../openai-chat/read-call.ts'
import { writeError } from '../openai-chat/rejection.ts'
import type { Seal } from '../signature.ts'
import { agentAsResponses, checkAgent } from './agent-shape.ts'
import { readCall } from './read-call.ts'
import { writeItems, writeResponse, writeUsage } from './write-items.ts'
import { writeStream } from './write-stream.ts'

const PATH = /^(?:\/([a-z]+))?\/v1\/responses$/

/** OpenAI Responses. https://platform.openai.com/docs/api-reference/responses */
export function openaiResponsesFormat(): SimulatedFormat {
  return {
    id: 'openai-responses',
    // Also below the name of a provider that speaks Chat Completions in its own way: `/xai/v1/responses`.
    serves: (path) => PATH.test(path),
    readModel,
    readCall: (body, path) =>
      path.startsWith('/perplexity/')
        ? (checkAgent(body) ?? readCall(agentAsResponses(body), 'openai of perplexity'))
        : readCall(body, sealAt(path)),
    writeAnswer: (call, answer, stamp) => {
      const [choice] = answer.choices
      const status = choice?.finish === 'length' ? 'incomplete' : 'completed'
      const output = choice === undefined ? [] : writeItems(call, choice, stamp)
      return JSON.stringify(writeResponse(call, stamp, { status, output, usage: writeUsage(answer) }))
    },
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream,
    breakFrame: breakEvent,
    writeError,
    openingFrames: 2,
    writeStreamError,
  }
}

/** Providers of this API do not open what another has sealed. */
function sealAt(path: string): Seal {
  const [, provider] = PATH.exec(path) ?? []
  return provider === undefined ? 'openai' : `openai of ${provider}`
}

/** An `error` event and the failed response, as OpenAI was recorded to send them. */
function writeStreamError({ message, type, param, code }: Rejection, { sentFrames, call, stamp }: ErrorPlace): string {
  const error = { type, code: code ?? type, message, param }
  const failed = { status: 'failed', output: [], usage: null, error: { code: code ?? type, message } }
  const response = writeResponse(call, stamp, failed)
  return (
    namedEvent('error', { type: 'error', sequence_number: sentFrames, error }) +
    namedEvent('response.failed', { type: 'response.failed', sequence_number: sentFrames + 1, response })
  )
}
