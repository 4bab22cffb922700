import { breakEvent, EVENT_STREAM_HEADERS } from '../event-stream.ts'
import type { SimulatedFormat } from '../format.ts'
import { readCall, readModel } from './read-call.ts'
import { writeError } from './rejection.ts'
import { COUNT_SHAPE, REQUEST_SHAPE } from './request-shape.ts'
import { writeAnswer } from './write-answer.ts'
import { writeStream } from './write-stream.ts'

/** Anthropic Messages and its count of tokens. https://docs.claude.com/en/api/messages */
export function anthropicMessagesFormats(): readonly SimulatedFormat[] {
  const messages: SimulatedFormat = {
    id: 'anthropic-messages',
    serves: (path) => path === '/v1/messages',
    readModel,
    readCall: (body) => readCall(body, REQUEST_SHAPE),
    writeCallId: (_call, _name, _index, random) => `toolu_${random(24)}`,
    writeAnswer,
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream,
    breakFrame: breakEvent,
    requestIdHeader: 'request-id',
    writeError,
    writeStreamError: (rejection) => `event: error\ndata: ${writeError(rejection)}\n\n`,
  }
  return [
    messages,
    {
      ...messages,
      id: 'anthropic-count-tokens',
      wordless: 'count',
      serves: (path) => path === '/v1/messages/count_tokens',
      readCall: (body) => readCall(body, COUNT_SHAPE),
      writeAnswer: (call) => JSON.stringify({ input_tokens: call.promptTokens }),
    },
  ]
}
