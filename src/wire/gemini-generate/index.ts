import type { WireFormat } from '../../core/wire-format.ts'
import { readError, writeError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { FAILURE_WORDS } from './finish-reasons.ts'
import { fitModel } from './fit-model.ts'
import { pathsIn } from './places.ts'
import { readRequest } from './read-request.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { unread } from './unread.ts'
import { userTurns } from './user-turns.ts'
import { withoutSignatures } from './without-signatures.ts'
import { writeRequest } from './write-request.ts'
import { writeResponse } from './write-response.ts'
import { createWriter } from './write-stream.ts'

/** Gemini's generateContent, spoken by Google's SDKs, its AI Studio and Vertex AI. */
export const geminiGenerate: WireFormat = {
  id: 'gemini-generate',
  framing: 'sse',
  argumentMembers: ['args', 'response'],
  readRequest,
  unread,
  userTurns,
  clientPaths: pathsIn,
  fitModel,
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
  // @google/genai 1.x and the SDK for Go fail at anything that is not `data: {…}`, blank lines too:
  // https://github.com/googleapis/go-genai/blob/main/api_client.go (iterateResponseStream).
  takesComments: false,
  // A stream ends with its last event.
  streamEnd: '',
  failureWords: FAILURE_WORDS,
  writeStreamExplanation,
  writeStreamError,
}
