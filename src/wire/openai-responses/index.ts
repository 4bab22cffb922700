import type { WireFormat } from '../../core/wire-format.ts'
import { fitOwnTools } from '../schema/fit-own-tools.ts'
import { subsetOf } from '../schema/subset-of.ts'
import { clientPaths } from '../shared/client-paths.ts'
import { writeError } from '../shared/openai-error-body.ts'
import { readError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { ownHistory } from './own-history.ts'
import { placesOf } from './places.ts'
import { readRequest } from './read-request.ts'
import { readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { createReader } from './read-stream.ts'
import { unread, untranslatable } from './unread.ts'
import { userTurns } from './user-turns.ts'
import { withoutSignatures } from './without-signatures.ts'
import { writeRequest } from './write-request.ts'
import { createWriter, writeResponse } from './write-response.ts'

/** OpenAI Responses, spoken by OpenAI's newer clients (Codex, the Agents SDK) and by upstreams beside Chat Completions. */
export const openaiResponses: WireFormat = {
  id: 'openai-responses',
  framing: 'sse',
  readRequest,
  ownHistory,
  unread,
  userTurns,
  clientPaths: (body) => clientPaths(body, placesOf(body)),
  untranslatable,
  fitModel: (body, { model, traits = {} }, lose) => fitOwnTools(body, ['parameters'], subsetOf(model, traits), lose),
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
  // `response.completed` ends it; there is no `[DONE]`.
  streamEnd: '',
  closingWords: ['response.completed', 'response.incomplete', 'response.failed'],
  failureWords: ['"response.failed"', '"response.cancelled"'],
  writeStreamExplanation,
  writeStreamError,
}
