import { breakEvent, EVENT_STREAM_HEADERS } from '../event-stream.ts'
import type { SimulatedFormat } from '../format.ts'
import { readModel } from '../openai-chat/read-call.ts'
import { writeError } from '../openai-chat/rejection.ts'
import { compatible } from '../openai-dialects/compatible.ts'
import { refused } from '../openai-dialects/dialect.ts'
import { checkRequest } from './check-request.ts'
import type { CompletionsCall } from './read-call.ts'
import { readCall, readPrompts } from './read-call.ts'
import { writeAnswer } from './write-answer.ts'
import { writeStream } from './write-stream.ts'

/**
 * OpenAI's legacy Completions, and those of servers that take what they do not know.
 * https://platform.openai.com/docs/api-reference/completions, https://docs.vllm.ai/en/stable/serving/openai_compatible_server.html#completions-api
 */
export function openaiCompletionsFormats(): readonly SimulatedFormat[] {
  const openai: SimulatedFormat<CompletionsCall> = {
    id: 'openai-completions',
    serves: (path) => path === '/v1/completions',
    readModel,
    readCall: (body) => checkRequest(body) ?? readCall(body),
    writeAnswer,
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream,
    breakFrame: breakEvent,
    writeError,
    writeStreamError: (rejection) => `data: ${writeError(rejection)}\n\n`,
  }
  const lenient: SimulatedFormat<CompletionsCall> = {
    ...openai,
    id: 'openai-completions-compatible',
    serves: (path) => path === '/compatible/v1/completions',
    readCall: (body) =>
      readPrompts(body['prompt']) === undefined ? refused('prompt must be texts or lists of tokens') : readCall(body),
    writeError: compatible.writeError,
    writeStreamError: (rejection) => `data: ${compatible.writeError(rejection)}\n\n`,
  }
  return [openai, lenient]
}
