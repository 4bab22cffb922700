/** What a client of one wire format saw of an answer. */
export type Seen = {
  readonly text: string
  /** The format's own mark of success stood at its end: a finish reason, `[DONE]`, `message_stop`, … */
  readonly isEnded: boolean
  /** Codes or types of the errors in it; an error that names neither is `untyped`. */
  readonly errors: readonly string[]
}

export type ClientFormat = {
  readonly id: string
  path(model: string, stream: boolean): string
  body(model: string, stream: boolean): object
  readWhole(body: Json): Seen
  readStream(events: readonly SseEvent[]): Seen
}

export type SseEvent = { readonly event: string | undefined; readonly data: string }
// What a test reads of JSON that it did not write.
// biome-ignore lint/suspicious/noExplicitAny: every member is checked by what is made of it.
export type Json = any

const QUESTION = 'What can you tell me of simulated answers?'
const MESSAGES = [{ role: 'user', content: QUESTION }]

/** The five shapes in which clients ask for text. */
export const CLIENT_FORMATS: readonly ClientFormat[] = [
  {
    id: 'openai-chat',
    path: () => '/v1/chat/completions',
    body: (model, stream) => ({ model, stream, messages: MESSAGES }),
    readWhole: (body) =>
      seen(body.choices?.[0]?.message?.content, isSuccess(body.choices?.[0]?.finish_reason), errorsIn(body)),
    readStream(events) {
      const all = parsed(events)
      const text = all.map((one) => one.choices?.[0]?.delta?.content ?? '').join('')
      return seen(
        text,
        events.some(({ data }) => data === '[DONE]'),
        all.flatMap(errorsIn),
      )
    },
  },
  {
    id: 'openai-completions',
    path: () => '/v1/completions',
    body: (model, stream) => ({ model, stream, prompt: QUESTION }),
    readWhole: (body) => seen(body.choices?.[0]?.text, isSuccess(body.choices?.[0]?.finish_reason), errorsIn(body)),
    readStream(events) {
      const all = parsed(events)
      const text = all.map((one) => one.choices?.[0]?.text ?? '').join('')
      return seen(
        text,
        events.some(({ data }) => data === '[DONE]'),
        all.flatMap(errorsIn),
      )
    },
  },
  {
    id: 'openai-responses',
    path: () => '/v1/responses',
    body: (model, stream) => ({ model, stream, input: QUESTION }),
    readWhole: (body) => seen(outputText(body), body.status === 'completed', errorsIn(body)),
    readStream(events) {
      const all = parsed(events)
      const text = all.map((one) => (one.type === 'response.output_text.delta' ? one.delta : '')).join('')
      const failed = all.flatMap((one) =>
        one.type === 'error' ? [codeOf(one)] : one.type === 'response.failed' ? [codeOf(one.response?.error)] : [],
      )
      return seen(
        text,
        all.some((one) => /^response\.(?:completed|incomplete|done)$/.test(one.type)),
        failed.slice(0, 1),
      )
    },
  },
  {
    id: 'anthropic-messages',
    path: () => '/v1/messages',
    body: (model, stream) => ({ model, stream, max_tokens: 4_000_000, messages: MESSAGES }),
    readWhole: (body) =>
      seen(
        textOf(body.content),
        typeof body.stop_reason === 'string',
        body.type === 'error' ? [codeOf(body.error)] : [],
      ),
    readStream(events) {
      const all = parsed(events)
      const text = all.map((one) => one.delta?.text ?? '').join('')
      const errors = all.flatMap((one) => (one.type === 'error' ? [codeOf(one.error)] : []))
      return seen(
        text,
        all.some((one) => one.type === 'message_stop'),
        errors,
      )
    },
  },
  {
    id: 'gemini-generate',
    path: (model, stream) =>
      `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({ contents: [{ role: 'user', parts: [{ text: QUESTION }] }] }),
    readWhole: (body) =>
      seen(
        textOf(body.candidates?.[0]?.content?.parts),
        typeof body.candidates?.[0]?.finishReason === 'string',
        errorsIn(body),
      ),
    readStream(events) {
      const all = parsed(events)
      const text = all.map((one) => textOf(one.candidates?.[0]?.content?.parts) ?? '').join('')
      return seen(
        text,
        all.some((one) => typeof one.candidates?.[0]?.finishReason === 'string'),
        all.flatMap(errorsIn),
      )
    },
  },
]

/** Events of a stream of server-sent events. */
export function sseEvents(text: string): SseEvent[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n\n')
    .flatMap((frame) => {
      const lines = frame.split('\n')
      const of = (name: string) =>
        lines.flatMap((line) => (line.startsWith(`${name}:`) ? [line.slice(name.length + 1).trim()] : []))
      const data = of('data').join('\n')
      return data === '' ? [] : [{ event: of('event')[0], data }]
    })
}

function seen(text: string | undefined, isEnded: boolean, errors: readonly string[]): Seen {
  return { text: text ?? '', isEnded, errors }
}

function parsed(events: readonly SseEvent[]): Json[] {
  return events.flatMap(({ data }) => (data.startsWith('{') ? [JSON.parse(data)] : []))
}

function errorsIn(body: Json): string[] {
  return body.error === undefined || body.error === null ? [] : [codeOf(body.error)]
}

function codeOf(error: Json): string {
  const code = error?.status ?? error?.code ?? error?.type
  return code === undefined || code === null || typeof error?.message !== 'string' ? 'untyped' : String(code)
}

function isSuccess(reason: unknown): boolean {
  return typeof reason === 'string' && reason !== 'error'
}

function textOf(parts: Json): string | undefined {
  return Array.isArray(parts) ? parts.map((part) => part.text ?? '').join('') : undefined
}

function outputText(body: Json): string | undefined {
  return Array.isArray(body.output)
    ? body.output.flatMap((item: Json) => (item.type === 'message' ? [textOf(item.content) ?? ''] : [])).join('')
    : undefined
}
