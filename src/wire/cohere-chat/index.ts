import type { WireFormat } from '../../core/wire-format.ts'
import { readError, writeError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { readRequest, unread } from './read-request.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { writeRequest } from './write-request.ts'
import { writeResponse } from './write-response.ts'
import { createWriter } from './write-stream.ts'

/** Cohere's Chat API, version 2: https://docs.cohere.com/reference/chat */
export const cohereChat: WireFormat = {
  id: 'cohere-chat',
  framing: 'sse',
  readRequest,
  unread,
  writeRequest,
  readResponse,
  summarizeResponse,
  writeResponse,
  createReader,
  createWriter,
  readEnd,
  readError,
  writeError,
  streamEnd: '',
  writeStreamExplanation,
  writeStreamError,
}
