import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type HostileUpstream = { readonly url: string; close(): void }

/** What the model's name makes it do. Each of them quotes all that it was sent: headers with their keys, and the body. */
export const BEHAVIOURS = [
  ...[400, 401, 403, 404, 408, 413, 422, 429, 500, 502, 503, 529].map((status) => `status-${status}`),
  'plain-400',
  'html-500',
  'list-400',
  'code-400',
  'long-400',
  'headers-429',
  'redirect-302',
  'error-in-200',
  'event-first',
  'event-late',
  'cut',
  'reset',
  'no-json',
  'no-http',
  'huge-headers',
  'ok',
] as const

/** A real HTTP server that answers in OpenAI's format and tells everybody what it knows. */
export async function startHostileUpstream(answer: string): Promise<HostileUpstream> {
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const sent = Buffer.concat(chunks).toString('utf8')
      const known = `${incoming.method} ${incoming.url} ${JSON.stringify(incoming.headers)} ${headerWords(incoming)} ${sent}`
      behave(behaviourOf(sent, incoming.url ?? ''), known, answer, outgoing, sent.includes('"stream":true'))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function headerWords({ rawHeaders }: IncomingMessage): string {
  return rawHeaders.flatMap((word) => [word, encodeURIComponent(word)]).join(' ')
}

function behaviourOf(sent: string, url: string): string {
  return BEHAVIOURS.find((one) => sent.includes(one) || url.includes(one)) ?? 'ok'
}

function behave(behaviour: string, known: string, answer: string, response: ServerResponse, isStream: boolean): void {
  const [kind = '', number = ''] = behaviour.split(/-(?=\d+$)/)
  const status = Number(number)
  const send = (code: number, type: string, text: string, headers: Record<string, string> = {}): void => {
    response.writeHead(code, { 'content-type': type, ...headers }).end(text)
  }
  const json = (code: number, value: unknown, headers: Record<string, string> = {}): void =>
    send(code, 'application/json', JSON.stringify(value), headers)
  const stream = (...events: readonly unknown[]): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const one of events) response.write(`data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`)
  }
  const streamWhole = (...events: readonly unknown[]): void => {
    stream(...events)
    response.end()
  }
  const error = { error: { message: known } }
  const header = known.replace(/[^\x20-\x7e]/g, '')
  const delta = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [choice(answer)] }
  const ways: Readonly<Record<string, () => void>> = {
    status: () => json(status, { error: { message: known, type: 'x', code: 'x' } }),
    plain: () => send(status, 'text/plain', known),
    html: () => send(status, 'text/html', `<html>${known}</html>`),
    list: () => json(status, [{ error: { code: 400, message: known, status: known } }]),
    code: () => json(status, { error: { message: 'no', code: known, type: known, param: known } }),
    long: () => json(status, { error: { message: `${'x'.repeat(1_990)}${known}` } }),
    headers: () => json(status, error, { 'retry-after': header, 'x-request-id': header, 'x-ratelimit-reset': header }),
    redirect: () => send(status, 'text/plain', known, { location: `http://127.0.0.1:9/?${encodeURIComponent(known)}` }),
    'error-in': () => json(status, { error: { message: known, code: known } }),
    'event-first': () => streamWhole(error),
    'event-late': () => streamWhole(delta, error),
    cut() {
      stream(delta)
      setImmediate(() => response.destroy())
    },
    reset: () => void response.destroy(),
    'no-json': () => send(200, 'application/json', known),
    'no-http': () => void response.socket?.end(known),
    'huge-headers': () => json(200, {}, { 'x-large': 'x'.repeat(100_000) }),
    ok() {
      if (!isStream) json(200, completion(answer))
      else streamWhole(delta, { ...delta, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, '[DONE]')
    },
  }
  ways[kind]?.()
}

function choice(content: string) {
  return { index: 0, delta: { role: 'assistant', content }, finish_reason: null }
}

function completion(content: string) {
  const calls = [
    { id: 'c1', type: 'function', function: { name: 'look_up', arguments: JSON.stringify({ q: content }) } },
  ]
  const message = { role: 'assistant', content, tool_calls: calls }
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  }
}
