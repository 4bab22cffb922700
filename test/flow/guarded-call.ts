import type { PlacedGuard } from '../../src/core/guard.ts'
import type { GuardSettings } from '../../src/core/guard-settings.ts'
import { PII_KINDS } from '../../src/core/guard-settings.ts'
import type { WireFormatId } from '../../src/core/request.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { createDeframer } from '../../src/stream/deframe.ts'
import { wireFormats } from '../../src/wire/index.ts'
import { sendableGuard } from '../workers/flow-codec.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { startCaptureUpstream } from './capture-upstream.ts'

// Calls of every client format to upstreams of every format that answer with given parts.

export const CLIENT_FORMATS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini-generate'] as const
export type ClientFormat = (typeof CLIENT_FORMATS)[number]

/** A provider that is asked in each format. */
export const PROVIDERS: Readonly<Record<ClientFormat, string>> = {
  'openai-chat': 'openai-compatible',
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  'gemini-generate': 'google',
}

export function formatOf(id: WireFormatId): WireFormat {
  const found = wireFormats.get(id)
  if (found === undefined) throw new Error(`no format ${id}`)
  return found
}

export function pii(settings: Partial<Extract<GuardSettings, { use: 'pii' }>> = {}): PlacedGuard {
  return sendableGuard({
    use: 'pii',
    on: ['request'],
    action: 'redact',
    kinds: PII_KINDS,
    restore: false,
    on_failure: 'block',
    timeout_ms: 60_000,
    passthrough: 'block',
    ...settings,
  })
}

const USAGE = {
  inputTokens: 7,
  cachedInputTokens: undefined,
  cacheWriteTokens: undefined,
  outputTokens: 5,
  reasoningTokens: undefined,
}

/** A model's answer of some text, in pieces of `size` characters. */
export function saying(text: string, size = 1_000): StreamPart[] {
  const deltas = pieces(text, size).map((piece): StreamPart => ({ type: 'text-delta', text: piece }))
  return [
    { type: 'response-start', id: 'answer-1', model: 'm' },
    ...deltas,
    { type: 'usage', usage: USAGE },
    { type: 'response-end', finishReason: 'stop', raw: undefined },
  ]
}

/** The same of one call of the tool `send`. */
export function calling(argumentsText: string, size = 1_000): StreamPart[] {
  return [
    { type: 'response-start', id: 'answer-1', model: 'm' },
    { type: 'tool-call-start', index: 0, id: 'call_1', name: 'send' },
    ...pieces(argumentsText, size).map(
      (piece): StreamPart => ({ type: 'tool-call-delta', index: 0, argumentsText: piece }),
    ),
    { type: 'tool-call-end', index: 0 },
    { type: 'usage', usage: USAGE },
    { type: 'response-end', finishReason: 'tool-calls', raw: undefined },
  ]
}

function pieces(text: string, size: number): string[] {
  const found: string[] = []
  for (let index = 0; index < text.length; index += size) found.push(text.slice(index, index + size))
  return found
}

const CONTEXT = { id: 'c1', model: 'm', createdSeconds: 1, includeUsage: true }

/** An upstream of a format, streamed or not as it is asked, that answers with what `parts` gives at the time. */
export function startModel(id: ClientFormat, parts: () => readonly StreamPart[]): Promise<CaptureUpstream> {
  const format = formatOf(id)
  return startCaptureUpstream((response, { body, path }) => {
    const isStream = path.includes('stream') || body.toString().includes('"stream":true')
    if (!isStream) {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(format.writeResponse(parts(), CONTEXT)))
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const writer = format.createWriter(CONTEXT)
    const events = [...parts().flatMap((part) => writer.push(part)), ...writer.end()]
    for (const { event, data } of events) {
      response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`)
    }
    response.end()
  })
}

export type Answered = {
  readonly status: number
  readonly headers: Headers
  readonly raw: string
  readonly text: string
  readonly argumentsText: string
  readonly finish: string | undefined
}

const TOOL = { type: 'object', properties: { to: { type: 'string' } } }

/** One call of a client, with a tool it may call, and what it reads. */
export async function callAs(
  id: ClientFormat,
  url: string,
  prompt: string,
  { stream, headers = {} }: { readonly stream: boolean; readonly headers?: Readonly<Record<string, string>> },
): Promise<Answered> {
  const { path, body } = requestOf(id, prompt, stream)
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const raw = await response.text()
  const parts = response.status === 200 ? partsOf(formatOf(id), raw, stream) : []
  return {
    status: response.status,
    headers: response.headers,
    raw,
    text: parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join(''),
    argumentsText: parts.map((part) => (part.type === 'tool-call-delta' ? part.argumentsText : '')).join(''),
    finish: parts.findLast((part) => part.type === 'response-end')?.finishReason,
  }
}

function partsOf(format: WireFormat, raw: string, stream: boolean): StreamPart[] {
  if (!stream) return format.readResponse(JSON.parse(raw))
  const reader = format.createReader()
  const events = createDeframer('sse', 1_000_000).push(new TextEncoder().encode(raw))
  return events.flatMap((event) => (event.data === '[DONE]' ? [] : reader.push(event)))
}

/** A call of a client, as it is sent. */
export function requestOf(
  id: ClientFormat,
  text: string,
  stream: boolean,
): { readonly path: string; readonly body: unknown } {
  const model = 'up/m'
  switch (id) {
    case 'openai-chat': {
      const tools = [{ type: 'function', function: { name: 'send', parameters: TOOL } }]
      return {
        path: '/v1/chat/completions',
        body: { model, stream, tools, messages: [{ role: 'user', content: text }] },
      }
    }
    case 'openai-responses':
      return {
        path: '/v1/responses',
        body: { model, stream, tools: [{ type: 'function', name: 'send', parameters: TOOL }], input: text },
      }
    case 'anthropic-messages': {
      const tools = [{ name: 'send', input_schema: TOOL }]
      const messages = [{ role: 'user', content: [{ type: 'text', text }] }]
      return { path: '/v1/messages', body: { model, stream, max_tokens: 100, tools, messages } }
    }
    case 'gemini-generate': {
      const method = stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
      const tools = [{ functionDeclarations: [{ name: 'send', parameters: TOOL }] }]
      return {
        path: `/v1beta/models/up%2Fm:${method}`,
        body: { tools, contents: [{ role: 'user', parts: [{ text }] }] },
      }
    }
    default: {
      const unhandled: never = id
      throw new Error(`no request of ${String(unhandled)}`)
    }
  }
}
