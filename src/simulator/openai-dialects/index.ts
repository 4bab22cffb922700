import { breakEvent, EVENT_STREAM_HEADERS } from '../event-stream.ts'
import type { SimulatedFormat } from '../format.ts'
import { readBody, readModel } from '../openai-chat/read-call.ts'
import { compatible } from './compatible.ts'
import { deepseek } from './deepseek.ts'
import type { Dialect } from './dialect.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { moonshot } from './moonshot.ts'
import { perplexity } from './perplexity.ts'
import { writeAnswer, writeStream } from './write-dialect.ts'
import { xai } from './xai.ts'

/** Providers that speak Chat Completions in a way of their own, each below its name: `/groq/v1/chat/completions`. */
export function openaiDialectFormats(): readonly SimulatedFormat[] {
  return [mistral, deepseek, groq, moonshot, xai, perplexity, compatible].map(formatOf)
}

function formatOf(dialect: Dialect): SimulatedFormat {
  const { writeCallId } = dialect
  return {
    id: `openai-chat-${dialect.id}`,
    serves: (path) => path === `/${dialect.id}/v1/chat/completions`,
    readModel,
    readCall(body) {
      const problem = dialect.check(body)
      if (problem !== undefined) return problem
      return { ...readBody(body), isSilent: dialect.isSilent?.(body) === true }
    },
    ...(writeCallId === undefined ? {} : { writeCallId }),
    writeAnswer: (call, answer, stamp) => writeAnswer(dialect, call, answer, stamp),
    streamHeaders: EVENT_STREAM_HEADERS,
    writeStream: (call, answer, stamp) => writeStream(dialect, call, answer, stamp),
    breakFrame: breakEvent,
    writeError: dialect.writeError,
    writeStreamError: (rejection) => `data: ${dialect.writeError(rejection)}\n\n`,
  }
}
