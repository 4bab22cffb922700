import type { WireFormat } from '../../core/wire-format.ts'
import { readError, writeError, writeStreamError, writeStreamExplanation } from './errors.ts'
import { readRequest, unread } from './read-request.ts'
import { readResponse, summarizeResponse } from './read-response.ts'
import { createReader, readEnd } from './read-stream.ts'
import { writeRequest } from './write-request.ts'
import { writeResponse } from './write-response.ts'
import { createWriter } from './write-stream.ts'

/** Amazon Bedrock's Converse and ConverseStream. */
export const bedrockConverse: WireFormat = {
  id: 'bedrock-converse',
  framing: 'aws-event-stream',
  // https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons#empty-responses-with-end-turn
  endsInSilence: true,
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
