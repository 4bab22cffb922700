import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { bedrockConverse } from '../../src/wire/bedrock-converse/index.ts'
import { cohereChat } from '../../src/wire/cohere-chat/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { DATA } from '../data-folder.ts'
import { awsEvents, encodeAwsEvents } from '../wire/aws-frames.ts'
import { casesOf } from '../wire/case-data.ts'
import { decode, partsOf } from '../wire/decode.ts'

/** An answer that some provider gave, read by the codec of its format: what every client must be able to get. */
export type KnownAnswer = { readonly id: string; readonly parts: readonly StreamPart[] }

const FORMAT_OF_API: Readonly<Record<string, WireFormat>> = {
  'openai-chat': openaiChat,
  'openai-compatible-chat': openaiChat,
  'mistral-chat': openaiChat,
  'groq-chat': openaiChat,
  'deepseek-chat': openaiChat,
  'xai-chat': openaiChat,
  'alibaba-chat': openaiChat,
  'moonshot-chat': openaiChat,
  'openai-responses': openaiResponses,
  'xai-responses': openaiResponses,
  'open-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  'gemini-generateContent': geminiGenerate,
  'bedrock-converse': bedrockConverse,
  'cohere-v2-chat': cohereChat,
}

const RECORDINGS = join(DATA, 'recordings')

/** The same as it came over the wire. */
export type AnswerBytes = {
  readonly id: string
  readonly format: WireFormat
  readonly bytes: Uint8Array
  readonly isStream: boolean
}

/** Every case of data/tools/providers and every file of data/recordings that is an answer: errors are tested where they are read. */
export function knownAnswers(): KnownAnswer[] {
  return answerBytes().flatMap(({ id, format, bytes, isStream }) =>
    decode(format, bytes, isStream).error === undefined
      ? [{ id, parts: partsOf(format, bytes, isStream).map(withBytes) }]
      : [],
  )
}

export function answerBytes(): AnswerBytes[] {
  const cases = casesOf(...Object.keys(FORMAT_OF_API)).flatMap(({ id, api, bytes, mode, status }) => {
    const format = FORMAT_OF_API[api]
    if (format === undefined || status !== 200) return []
    return [{ id: `${id} ${api} ${mode}`, format, bytes, isStream: mode === 'stream' }]
  })
  const files = existsSync(RECORDINGS)
    ? readdirSync(RECORDINGS, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.(?:json|sse|chunks\.txt)$/.test(name),
      )
    : []
  return [...cases, ...files.sort().flatMap(recordedAnswer)]
}

/** The bytes of images are blanked out in recordings, with words that some SDK refuses to read as base64. */
function withBytes(part: StreamPart): StreamPart {
  return part.type === 'media' ? { ...part, data: 'AAAA' } : part
}

function recordedAnswer(name: string): AnswerBytes[] {
  const text = readFileSync(join(RECORDINGS, name), 'utf8')
  const format = formatOfRecording(name, text)
  if (format === undefined) return []
  return [{ id: name, format, bytes: bytesOf(name, text, format), isStream: !name.endsWith('.json') }]
}

/** `undefined` for what is an answer of no format here: Google's Interactions API. */
function formatOfRecording(name: string, text: string): WireFormat | undefined {
  if (name.includes('interactions')) return undefined
  const [folder = ''] = name.split('/')
  const own = {
    anthropic: anthropicMessages,
    google: geminiGenerate,
    cohere: cohereChat,
    'amazon-bedrock': bedrockConverse,
  }
  if (folder in own) return own[folder as keyof typeof own]
  return text.includes('"choices"') ? openaiChat : openaiResponses
}

/** Recorded streams hold one event a line, without the framing of the wire. */
function bytesOf(name: string, text: string, format: WireFormat): Uint8Array {
  if (!name.endsWith('.chunks.txt')) return new TextEncoder().encode(text)
  if (format.framing === 'aws-event-stream') return encodeAwsEvents(awsEvents(text))
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const end = format === openaiChat ? ['[DONE]'] : []
  return new TextEncoder().encode([...lines, ...end].map((line) => `data: ${line}\n\n`).join(''))
}
