// A provider whose words say when they were sent: a first word after a while, then one after the other, as Chat
// Completions or as Messages.
// node bench/first-word/upstream.ts PORT FIRST_MS PIECE_MS PIECES
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { microseconds, stampText } from './stamps.ts'

const [port = 0, firstMs = 20, pieceMs = 5, pieces = 64] = process.argv.slice(2).map(Number)

type Words = { readonly opening: string; readonly closing: string; piece(text: string): string }

const CHAT: Words = {
  opening: chatEvent({ role: 'assistant', content: '' }),
  piece: (content) => chatEvent({ content }),
  closing: `${chatEvent({}, 'stop')}data: [DONE]\n\n`,
}

const MESSAGES: Words = {
  opening:
    named({
      type: 'message_start',
      message: {
        id: 'msg_bench',
        type: 'message',
        role: 'assistant',
        model: 'm',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 100, output_tokens: 1 },
      },
    }) + named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  piece: (text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  closing:
    named({ type: 'content_block_stop', index: 0 }) +
    named({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: pieces },
    }) +
    named({ type: 'message_stop' }),
}

createServer((incoming, outgoing) => {
  incoming.resume()
  incoming.on('end', () => {
    const askedAt = microseconds()
    if (incoming.method !== 'POST') outgoing.end('{"status":"ok"}')
    else setTimeout(() => begin(outgoing, incoming.url === '/v1/messages' ? MESSAGES : CHAT, askedAt), firstMs)
  })
}).listen(port, '127.0.0.1')

/** Status line, opening and first word leave together, so that the first byte says something. */
function begin(outgoing: ServerResponse, words: Words, askedAt: number): void {
  outgoing.socket?.setNoDelay(true)
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
  const stamped = (): string => words.piece(stampText({ askedAt, sentAt: microseconds() }))
  outgoing.write(words.opening + stamped())
  let sent = 1
  const timer = setInterval(() => {
    sent += 1
    outgoing.write(stamped())
    if (sent < pieces) return
    clearInterval(timer)
    outgoing.end(words.closing)
  }, pieceMs)
  outgoing.on('close', () => clearInterval(timer))
}

function chatEvent(delta: object, finish: string | null = null): string {
  return `data: ${JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'm',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  })}\n\n`
}

function named(event: { readonly type: string; readonly [member: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
}
