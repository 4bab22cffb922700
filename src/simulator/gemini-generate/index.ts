import { breakEvent, EVENT_STREAM_HEADERS } from '../event-stream.ts'
import type { SimulatedFormat } from '../format.ts'
import { readCall, readPath } from './read-call.ts'
import { invalid, writeError } from './rejection.ts'
import { COUNT_SHAPE, REQUEST_SHAPE } from './request-shape.ts'
import { writeAnswer } from './write-answer.ts'
import { writeChunks } from './write-stream.ts'

/**
 * Gemini's generateContent, its stream as events (`?alt=sse`) and as one JSON array, and its count of tokens, at the
 * paths of the Gemini API and of Vertex AI. https://ai.google.dev/api/generate-content
 */
export function geminiGenerateFormats(): readonly SimulatedFormat[] {
  const events: SimulatedFormat = {
    id: 'gemini-generate',
    serves: (path, query) =>
      readPath(path)?.method === 'generateContent' || (isStream(path) && /[?&]alt=sse(?:&|$)/.test(query)),
    readModel: (_body, path) => readPath(path)?.model ?? invalid('model is required.'),
    readCall: (body, path) => readCall(body, path, REQUEST_SHAPE),
    writeCallId: (_call, _name, _index, random) => random(8),
    writeAnswer,
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream: (call, answer, stamp) => writeChunks(call, answer, stamp, (chunk) => `data: ${chunk}\r\n\r\n`),
    breakFrame: breakEvent,
    writeError,
    // Not as an event: a bare object where an event would stand, which Google's own SDK looks for.
    // `throwIfStreamErrorChunk` in @google/genai.
    writeStreamError: (rejection) => `${writeError(rejection)}\n\n`,
  }
  const array: SimulatedFormat = {
    ...events,
    id: 'gemini-generate-array',
    serves: isStream,
    streamHeaders: { 'content-type': 'application/json; charset=UTF-8' },
    *writeStream(call, answer, stamp) {
      yield* writeChunks(call, answer, stamp, (chunk, index) => `${index === 0 ? '[' : ',\r\n'}${chunk}`)
      yield { data: '\n]\n', tokens: 0 }
    },
    breakFrame: ({ data }) => String(data).slice(0, Math.floor(data.length * 0.8)),
    writeStreamError: (rejection, { sentFrames }) => `${sentFrames === 0 ? '[' : ',\r\n'}${writeError(rejection)}\n]\n`,
  }
  const count: SimulatedFormat = {
    ...events,
    id: 'gemini-count-tokens',
    wordless: 'count',
    serves: (path) => readPath(path)?.method === 'countTokens',
    readCall: (body, path) => readCall(body, path, COUNT_SHAPE),
    writeAnswer: ({ promptTokens }) =>
      JSON.stringify({
        totalTokens: promptTokens,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokens }],
      }),
  }
  return [events, array, count]
}

function isStream(path: string): boolean {
  return readPath(path)?.method === 'streamGenerateContent'
}
