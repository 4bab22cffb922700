import { breakEvent, EVENT_STREAM_HEADERS } from '../event-stream.ts'
import type { SimulatedFormat } from '../format.ts'
import { createBursts } from './burst.ts'
import { readCall, readModel } from './read-call.ts'
import { writeError } from './rejection.ts'
import { writeAnswer } from './write-answer.ts'
import { writeStream } from './write-stream.ts'

/** OpenAI Chat Completions. https://platform.openai.com/docs/api-reference/chat */
export function openaiChatFormat(): SimulatedFormat {
  return {
    id: 'openai-chat',
    serves: (path) => path === '/v1/chat/completions',
    readModel,
    readCall,
    writeAnswer,
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream,
    writeBurst: createBursts(),
    breakFrame: breakEvent,
    writeError,
    writeStreamError: (rejection) => `data: ${writeError(rejection)}\n\n`,
  }
}
