import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { Counts, LocalModel, Turn } from './local-model.ts'
import { openLocalModel } from './local-model.ts'
import { schemaGrammar } from './schema-grammar.ts'
import { untilStop } from './until-stop.ts'

// A small server of Chat Completions with a real model behind it, as llama.cpp's own server is one: no tools, since the
// model's template knows none.

export const MODEL = 'smollm2-135m'

type Body = {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[]
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly stop?: string | readonly string[] | null
  readonly max_tokens?: number | null
  readonly temperature?: number | null
  readonly seed?: number | null
  readonly response_format?: { readonly json_schema?: { readonly schema?: object } }
}

export type Said = {
  readonly turns: readonly Turn[]
  readonly text: string
  readonly finish: string
  readonly counts: Counts
}

export type LocalServer = {
  /** Base URL with `/v1`. */
  readonly url: string
  /** What the model was told and wrote, in the order of the answers. */
  readonly said: Said[]
  close(): Promise<void>
}

const MAX_TOKENS = 512

export async function startLocalServer(): Promise<LocalServer> {
  const model = await openLocalModel()
  const said: Said[] = []
  let last: Promise<unknown> = Promise.resolve()
  const server = createServer((request, response) => {
    if (request.method === 'GET') return json(response, 200, about(request.url ?? '', model))
    // One after the other: there is one model.
    last = last
      .then(() => answer(request, response, model, said))
      .catch((thrown: unknown) => {
        json(response, 500, { error: { message: String(thrown), type: 'server_error' } })
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('A server without a port.')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    said,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await last
      await model.close()
    },
  }
}

function about(path: string, { template }: LocalModel): object {
  if (path === '/props') return { chat_template: template }
  return { object: 'list', data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'local' }] }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  model: LocalModel,
  said: Said[],
): Promise<void> {
  const body: Body = JSON.parse(await readAll(request))
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const turns = body.messages.map(({ role, content }) => ({ role, content: textOf(content) }))
  const schema = body.response_format?.json_schema?.schema
  const { counts, text } = model.write({
    turns,
    maxTokens: body.max_tokens ?? MAX_TOKENS,
    temperature: body.temperature ?? 0,
    seed: body.seed ?? 1,
    grammar: schema === undefined ? undefined : schemaGrammar(JSON.parse(JSON.stringify(schema))),
    signal: gone.signal,
  })
  const stops = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? [])
  const write = body.stream === true ? streamed(response, body) : whole(response)
  let content = ''
  let isStopped = false
  for await (const piece of untilStop(text, stops, () => {
    isStopped = true
  })) {
    content += piece
    write.piece(piece)
  }
  const finish = counts.isWhole || isStopped ? 'stop' : 'length'
  said.push({ turns, text: content, finish, counts })
  write.end(content, finish, usageOf(counts))
}

type Writer = { piece(text: string): void; end(content: string, finish: string, usage: object): void }

const HEAD = { id: 'chatcmpl-local', created: 0, model: MODEL }

function whole(response: ServerResponse): Writer {
  return {
    piece: () => undefined,
    end(content, finish, usage) {
      const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }]
      json(response, 200, { ...HEAD, object: 'chat.completion', choices, usage })
    },
  }
}

function streamed(response: ServerResponse, { stream_options: options }: Body): Writer {
  const send = (value: object): void => {
    response.write(`data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', ...value })}\n\n`)
  }
  const delta = (delta: object, finish: string | null): void => {
    send({ choices: [{ index: 0, delta, finish_reason: finish }] })
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  delta({ role: 'assistant', content: '' }, null)
  return {
    piece: (content) => delta({ content }, null),
    end(_content, finish, usage) {
      delta({}, finish)
      if (options?.include_usage === true) send({ choices: [], usage })
      response.end('data: [DONE]\n\n')
    },
  }
}

function usageOf({ prompt, completion }: Counts): object {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { readonly text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('')
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function json(response: ServerResponse, status: number, value: object): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}
