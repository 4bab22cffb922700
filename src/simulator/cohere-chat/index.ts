import { breakEvent, EVENT_STREAM_HEADERS } from '../event-stream.ts'
import type { SimulatedFormat } from '../format.ts'
import { readCall, readModel } from './read-call.ts'
import { writeError } from './rejection.ts'
import { writeAnswer } from './write-answer.ts'
import { writeStream, writeStreamError } from './write-stream.ts'

/** Cohere's chat, version 2. https://docs.cohere.com/reference/chat */
export function cohereChatFormat(): SimulatedFormat {
  return {
    id: 'cohere-chat',
    serves: (path) => path === '/v2/chat',
    readModel,
    readCall,
    writeCallId: (_call, name, _index, random) => `${name}_${random(12)}`,
    writeAnswer,
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream,
    breakFrame: breakEvent,
    writeError,
    writeStreamError,
  }
}
