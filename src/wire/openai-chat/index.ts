import type { WireFormat } from '../../core/wire-format.ts'
import { readError, writeError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { readRequest } from './read-request.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'

/** OpenAI Chat Completions, spoken by clients and by most upstreams. */
export const openaiChat: WireFormat = {
  id: 'openai-chat',
  readRequest,
  readResponse,
  summarizeResponse,
  createReader,
  readEnd,
  readError,
  writeError,
  streamEnd: 'data: [DONE]\n\n',
  writeStreamExplanation,
  writeStreamError,
}
