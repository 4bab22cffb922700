// A provider that costs next to nothing: fixed bytes over bare sockets, one answer a request.
// node bench/proxy/upstream.ts PORT
import type { Socket } from 'node:net'
import { createServer } from 'node:net'

const CHUNKS = 64
const ANSWER_BYTES = 1_024
const HEAD_END = Buffer.from('\r\n\r\n')
const STREAM_ASKED = Buffer.from('"stream":true')
const MAX_REQUEST_BYTES = 1_000_000

const whole = wholeAnswer()
const streamed = streamedAnswer()

createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  answerRequests(socket)
}).listen(Number(process.argv[2] ?? 0), '127.0.0.1')

function answerRequests(socket: Socket): void {
  let received: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    for (;;) {
      const end = requestEnd(received)
      if (end === undefined) break
      socket.write(received.subarray(0, end).includes(STREAM_ASKED) ? streamed : whole)
      received = received.subarray(end)
    }
    if (received.length > MAX_REQUEST_BYTES) socket.destroy()
  })
}

/** Where the first request in `bytes` ends; `undefined` when more is to come. */
function requestEnd(bytes: Buffer): number | undefined {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return undefined
  const head = bytes.toString('latin1', 0, headEnd)
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
  const end = headEnd + HEAD_END.length + length
  return bytes.length >= end ? end : undefined
}

function wholeAnswer(): Buffer {
  const answer = (content: string) =>
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1,
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 100, completion_tokens: 200, total_tokens: 300 },
    })
  const body = answer('a'.repeat(ANSWER_BYTES - answer('').length))
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
}

/** A role, 64 pieces of text, a finish and `[DONE]`, each its own HTTP chunk, all in one write. */
function streamedAnswer(): Buffer {
  const event = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({
      id: 'chatcmpl-bench-0123456789abcdefghij',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'm',
      service_tier: 'default',
      system_fingerprint: 'fp_0123456789',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    })}\n\n`
  const pieces = Array.from({ length: CHUNKS }, (_, index) => event({ content: ` word-${index}` }))
  const events = [event({ role: 'assistant', content: '' }), ...pieces, event({}, 'stop'), 'data: [DONE]\n\n']
  const chunks = events.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('')
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
  )
}
