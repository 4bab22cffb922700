import type { WireFormat } from '../../core/wire-format.ts'
import { clientPaths } from '../shared/client-paths.ts'
import { readError, writeError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { fitModel } from './fit-model.ts'
import { placesOf } from './places.ts'
import { readRequest } from './read-request.ts'
import { readResponse, summarizeResponse } from './read-response.ts'
import { createReader, readEnd } from './read-stream.ts'
import { unread } from './unread.ts'
import { userTurns } from './user-turns.ts'
import { withoutSignatures } from './without-signatures.ts'
import { writeRequest } from './write-request.ts'
import { writeResponse } from './write-response.ts'
import { createWriter } from './write-stream.ts'

/** Anthropic Messages, spoken by Claude Code, Anthropic's SDKs and a growing number of upstreams. */
export const anthropicMessages: WireFormat = {
  id: 'anthropic-messages',
  framing: 'sse',
  // https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#empty-responses-with-end-turn
  endsInSilence: true,
  argumentMembers: ['input'],
  readRequest,
  unread,
  userTurns,
  clientPaths: (body) => clientPaths(body, placesOf(body)),
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
  streamEnd: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  closingWords: ['message_stop'],
  writeStreamExplanation,
  writeStreamError,
}
