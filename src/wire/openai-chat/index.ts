import type { WireFormat } from '../../core/wire-format.ts'
import { fitOwnTools } from '../schema/fit-own-tools.ts'
import { subsetOf } from '../schema/subset-of.ts'
import { clientPaths } from '../shared/client-paths.ts'
import { writeError } from '../shared/openai-error-body.ts'
import { readError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { placesOf } from './places.ts'
import { readRequest } from './read-request.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { unread } from './unread.ts'
import { userTurns } from './user-turns.ts'
import { withoutSignatures } from './without-signatures.ts'
import { writeRequest } from './write-request.ts'
import { writeResponse } from './write-response.ts'
import { createWriter } from './write-stream.ts'

/** OpenAI Chat Completions, spoken by clients and by most upstreams. */
export const openaiChat: WireFormat = {
  id: 'openai-chat',
  framing: 'sse',
  readRequest,
  unread,
  userTurns,
  clientPaths: (body) => clientPaths(body, placesOf(body)),
  fitModel: (body, { model, traits = {} }, lose) =>
    fitOwnTools(body, ['function', 'parameters'], subsetOf(model, traits), lose),
  withoutSignatures,
  writeRequest,
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
  // DeepSeek's.
  failureWords: ['"insufficient_system_resource"'],
  writeStreamExplanation,
  writeStreamError,
}
