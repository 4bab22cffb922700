import { GatewayError } from '../../core/errors.ts'
import type { WireFormat } from '../../core/wire-format.ts'
import { readError } from '../openai-chat/errors.ts'
import { writeError } from '../shared/openai-error-body.ts'
import { readRequest, unread } from './read-request.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { userTurns } from './user-turns.ts'
import { createWriter, writeResponse } from './write-response.ts'

/**
 * OpenAI's legacy Completions. Clients speak it; an upstream is spoken to in it only where the client does, so that its
 * bytes are forwarded. It stands in no registry: nothing is ever translated into it.
 */
export const openaiCompletions: WireFormat = {
  id: 'openai-completions',
  framing: 'sse',
  // A model that completes a text may have nothing to add to it.
  mayBeEmpty: true,
  readRequest,
  unread,
  userTurns,
  clientPaths: () => (path) => (path.startsWith('messages') ? 'prompt' : path),
  writeRequest() {
    throw new GatewayError('internal_error', 'No request is translated into a legacy completion.')
  },
  readResponse,
  summarizeResponse,
  writeResponse,
  createReader,
  createWriter,
  readEnd,
  readError,
  writeError,
  streamEnd: 'data: [DONE]\n\n',
  closingWords: ['[DONE]'],
  writeStreamExplanation(id, explanation) {
    const event = { id, object: 'text_completion', created: 0, model: '', choices: [], routing: explanation }
    return `data: ${JSON.stringify(event)}\n\n`
  },
  writeStreamError(error) {
    const choices = [{ text: '', index: 0, logprobs: null, finish_reason: 'error' }]
    return `data: ${JSON.stringify({ ...writeError(error), choices })}\n\n`
  },
}
