import type { GenerateContentResponse } from '@google/genai'
import { GoogleGenAI } from '@google/genai'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { createEnframer } from '../../src/stream/enframe.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import type { AnswerServer } from '../wire/answer-server.ts'
import type { Client } from './client.ts'
import { eventsOf, wholeBody } from './client.ts'
import type { Said } from './said.ts'
import { asFunctions, asObjects, finishOf } from './said.ts'

const ASKED = { model: 'm', contents: 'Hi' }

const FINISH = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  OTHER: 'other',
} as const

/** The chunks of a stream, or the one answer. */
function said(chunks: readonly GenerateContentResponse[]): Said {
  const parts = chunks.flatMap((chunk) => chunk.candidates?.[0]?.content?.parts ?? [])
  const ends = chunks.flatMap((chunk) => chunk.candidates?.[0]?.finishReason ?? [])
  if (ends.length !== 1) throw new Error(`An answer ends ${ends.length} times.`)
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata
  const thoughts = usage?.thoughtsTokenCount ?? 0
  const calls = parts.flatMap(({ functionCall: call }) =>
    call === undefined ? [] : [{ id: call.id ?? '', name: call.name ?? '', input: call.args }],
  )
  const finish = finishOf(FINISH, ends[0])
  return {
    text: parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
    reasoning: parts.map((part) => (part.thought === true ? (part.text ?? '') : '')).join(''),
    calls,
    // STOP also ends an answer with calls: clients look whether there are any.
    finish: finish === 'stop' && calls.length > 0 ? 'tool-calls' : finish,
    usage: usage && {
      input: usage.promptTokenCount ?? 0,
      cached: usage.cachedContentTokenCount ?? 0,
      written: 0,
      output: (usage.candidatesTokenCount ?? 0) + thoughts,
      reasoning: thoughts,
    },
  }
}

export function geminiClient(server: AnswerServer): Client {
  const sdk = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl: server.url } })

  async function whole(parts: readonly StreamPart[]): Promise<Said> {
    server.answer = { status: 200, contentType: 'application/json', body: wholeBody(geminiGenerate, parts) }
    return said([await sdk.models.generateContent(ASKED)])
  }

  async function streamed(parts: readonly StreamPart[]): Promise<Said> {
    const events = eventsOf(geminiGenerate, parts)
    const enframer = createEnframer('sse')
    server.answer = { status: 200, contentType: enframer.contentType, body: enframer.write(events) + enframer.end() }
    return said(await Array.fromAsync(await sdk.models.generateContentStream(ASKED)))
  }

  return { name: '@google/genai', format: geminiGenerate, whole, streamed, carried }
}

function carried(answer: Said): Said {
  const { usage, finish } = answer
  return {
    ...answer,
    // Half a call is none: `args` is an object, and nothing marks it as cut.
    calls:
      finish === 'length'
        ? asFunctions(answer.calls).filter((call) => typeof call.input === 'object')
        : asObjects(answer.calls),
    usage: usage && { ...usage, written: 0 },
  }
}
