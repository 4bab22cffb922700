import type { ChatResponse } from 'ollama'
import { Ollama } from 'ollama'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { ollamaChat } from '../../src/wire/ollama-chat/index.ts'
import type { AnswerServer } from '../wire/answer-server.ts'
import type { Client } from './client.ts'
import { eventsOf, wholeBody } from './client.ts'
import type { Said } from './said.ts'
import { asObjects, finishOf } from './said.ts'

const ASKED = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

const FINISH = { stop: 'stop', length: 'length' } as const

/** Ids are ours: the SDK's type has none. */
type OllamaCall = { readonly id?: string; readonly function: { readonly name: string; readonly arguments: unknown } }

/** The lines of a stream, or the one answer. */
function said(lines: readonly ChatResponse[]): Said {
  const calls = lines.flatMap(({ message }) => (message.tool_calls ?? []) as readonly OllamaCall[])
  const last = lines.at(-1)
  if (last?.done !== true) throw new Error('An answer is never done.')
  const finish = finishOf(FINISH, last.done_reason)
  return {
    text: lines.map(({ message }) => message.content).join(''),
    reasoning: lines.map(({ message }) => message.thinking ?? '').join(''),
    calls: calls.map(({ id, function: called }) => ({ id: id ?? '', name: called.name, input: called.arguments })),
    finish: finish === 'stop' && calls.length > 0 ? 'tool-calls' : finish,
    usage: { input: last.prompt_eval_count ?? 0, cached: 0, written: 0, output: last.eval_count ?? 0, reasoning: 0 },
  }
}

export function ollamaClient(server: AnswerServer): Client {
  const sdk = new Ollama({ host: server.url })

  async function whole(parts: readonly StreamPart[]): Promise<Said> {
    server.answer = { status: 200, contentType: 'application/json', body: wholeBody(ollamaChat, parts) }
    return said([await sdk.chat(ASKED)])
  }

  async function streamed(parts: readonly StreamPart[]): Promise<Said> {
    const lines = eventsOf(ollamaChat, parts).map(({ data }) => `${data}\n`)
    server.answer = { status: 200, contentType: 'application/x-ndjson', body: lines.join('') }
    return said(await Array.fromAsync(await sdk.chat({ ...ASKED, stream: true })))
  }

  return { name: 'ollama', format: ollamaChat, whole, streamed, carried }
}

function carried(answer: Said): Said {
  const { usage, finish, calls } = answer
  const ended = calls.length > 0 && finish === 'other' ? 'tool-calls' : 'stop'
  return {
    ...answer,
    calls: asObjects(calls),
    // Words for the limit and for the end alone.
    finish: finish === 'other' || finish === 'content-filter' ? ended : finish,
    usage: { input: usage?.input ?? 0, cached: 0, written: 0, output: usage?.output ?? 0, reasoning: 0 },
  }
}
