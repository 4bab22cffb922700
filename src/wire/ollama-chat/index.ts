import type { WireFormat } from '../../core/wire-format.ts'
import { readError, writeError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { readRequest, unread } from './read-request.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { writeRequest } from './write-request.ts'
import { createWriter, writeResponse } from './write-response.ts'

/** Ollama's own chat API, one JSON object a line: https://docs.ollama.com/api/chat */
export const ollamaChat: WireFormat = {
  id: 'ollama-chat',
  framing: 'ndjson',
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
