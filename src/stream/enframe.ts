import type { WireEvent } from '../core/wire-format.ts'

/** How a client wants its stream: server-sent events, or Gemini's list of JSON objects that grows. */
export type ClientFraming = 'sse' | 'json-array'

/** Events as the bytes of a client's stream. */
export type Enframer = {
  readonly contentType: string
  write(events: readonly WireEvent[]): string
  /** Says nothing, and keeps the connection from looking dead. Empty where there is nothing that says nothing. */
  readonly keepAlive: string
  /** What closes a whole stream. A broken one is closed too: its last event is the error. */
  end(): string
}

/** `takesComments`: the client's SDKs read past the comments of server-sent events. */
export function createEnframer(framing: ClientFraming, takesComments = true): Enframer {
  if (framing === 'json-array') return createArrayEnframer()
  return takesComments ? SSE : { ...SSE, keepAlive: '' }
}

const SSE: Enframer = {
  contentType: 'text/event-stream; charset=utf-8',
  write(events) {
    let text = ''
    for (const { event, data } of events) {
      text += event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`
    }
    return text
  },
  keepAlive: ': keep-alive\n\n',
  end: () => '',
}

function createArrayEnframer(): Enframer {
  let count = 0
  return {
    contentType: 'application/json; charset=utf-8',
    write(events) {
      let text = ''
      for (const { data } of events) text += `${count++ === 0 ? '[' : ',\r\n'}${data}`
      return text
    },
    // Whitespace between values.
    keepAlive: '\n',
    end: () => (count === 0 ? '[]' : ']'),
  }
}
