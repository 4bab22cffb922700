import { partsOf } from '../../src/cache/read-entry.ts'
import { foldParts } from '../../src/core/fold.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import type { CacheSettings } from '../../src/core/snapshot.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import { wireFormats } from '../../src/wire/index.ts'

export const CACHE: CacheSettings = { ttlMs: 60_000, maxBytes: 8_000_000, maxEntryBytes: 1_000_000 }

/** How a client of each format asks, for words or for a call of `get_weather`. */
export const CLIENTS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate'] as const
export type Client = (typeof CLIENTS)[number]

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const MOST = 4_096

/** Path and body of a question, the same one in every format. */
export function question(
  client: Client,
  model: string,
  { stream = false, text = 'What is the weather in Paris?', tools = false, ...more }: Question = {},
): { readonly path: string; readonly body: Record<string, unknown> } {
  const framed = { model, ...(stream ? { stream } : {}) }
  switch (client) {
    case 'openai-chat': {
      const declared = tools
        ? { tools: [{ type: 'function', function: { name: 'get_weather', parameters: SCHEMA } }] }
        : {}
      const usage = stream ? { stream_options: { include_usage: true } } : {}
      const messages = [{ role: 'user', content: text }]
      return {
        path: '/v1/chat/completions',
        body: { ...framed, ...usage, max_tokens: MOST, messages, ...declared, ...more },
      }
    }
    case 'openai-responses': {
      const declared = tools
        ? { tools: [{ type: 'function', name: 'get_weather', parameters: SCHEMA, strict: false }] }
        : {}
      return {
        path: '/v1/responses',
        body: { ...framed, max_output_tokens: MOST, input: text, store: false, ...declared, ...more },
      }
    }
    case 'anthropic-messages': {
      const declared = tools ? { tools: [{ name: 'get_weather', input_schema: SCHEMA }] } : {}
      return {
        path: '/v1/messages',
        body: { ...framed, max_tokens: MOST, messages: [{ role: 'user', content: text }], ...declared, ...more },
      }
    }
    case 'gemini-generate': {
      const declared = tools
        ? { tools: [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: SCHEMA }] }] }
        : {}
      const way = stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
      return {
        path: `/v1beta/models/${encodeURIComponent(model)}:${way}`,
        body: {
          contents: [{ role: 'user', parts: [{ text }] }],
          generationConfig: { maxOutputTokens: MOST },
          ...declared,
          ...more,
        },
      }
    }
  }
}

type Question = {
  readonly stream?: boolean
  readonly text?: string
  readonly tools?: boolean
  readonly [member: string]: unknown
}

export type Answered = {
  readonly status: number
  readonly cache: string | null
  readonly model: string | null
  readonly headers: Headers
  readonly text: string
}

export async function send(
  url: string,
  { path, body }: ReturnType<typeof question>,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  return {
    status: response.status,
    cache: response.headers.get('x-route-cache'),
    model: response.headers.get('x-route-model'),
    headers: response.headers,
    text,
  }
}

/** What an answer says, however it was sent: its blocks, its usage, why it ended, and what it is called. */
export function said(client: WireFormatId, { text, headers }: Answered) {
  const format = wireFormats.get(client)
  if (format === undefined) throw new Error(`no format ${client}`)
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  const body = new TextEncoder().encode(text)
  const tidier = createTidier('x')
  const parts = [...tidier.push(partsOf({ sentAs: isStream ? 'sse' : 'whole', body }, format)), ...tidier.end()]
  const { id, blocks, usage, finishReason } = foldParts(parts)
  return { id, said: { blocks, usage, finishReason } }
}
