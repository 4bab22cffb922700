import { ownWords, plainText } from '../classify/routing-text.ts'
import type { ChatRequest, Message } from '../core/request.ts'
import { namedSession } from './session-id.ts'

/** Under which keys a conversation is kept. Digests: no text and no id can be read from them. */
export type SessionKeys = {
  readonly namedBy: 'routing' | 'header' | 'body' | 'opening'
  /** Of this thread: the name, the system prompt and the first user turn. */
  readonly thread: string
  /** Of whatever has the same name and system prompt: found when a client has dropped its first turns. */
  readonly named: string | undefined
  /** Of the answer that the call goes on from, where its provider keeps it. */
  readonly answer: string | undefined
}

export type KeyedCall = {
  readonly chat: ChatRequest
  /** The inbound key's name: nobody meets another key's conversation. */
  readonly tenant: string
  /** `routing.session`. */
  readonly session: string | undefined
  readonly header: (name: string) => string | undefined
}

// Enough to tell prompts apart. Harnesses write the time and the state of a checkout further down.
const SYSTEM_UNITS = 400
const OPENING_UNITS = 2_000

/**
 * A name from the caller's own `routing.session` is taken as it is. A client's session is a name for several threads: the
 * agent, the agents it sends off, the calls that title a chat. Each has a system prompt or a first turn of its own, and a
 * cache of its own at its provider, so they are part of the key.
 */
export function sessionKeys(call: KeyedCall, digest: (text: string) => string): SessionKeys {
  const { chat, tenant, session, header } = call
  const { body } = chat.native
  const keyOf = (...parts: readonly string[]): string => digest(JSON.stringify([tenant, ...parts]))
  const last = body['previous_response_id']
  const answer = typeof last === 'string' && last !== '' ? answerKey(tenant, last, digest) : undefined
  if (session !== undefined) {
    return { namedBy: 'routing', thread: keyOf('routing', session), named: undefined, answer }
  }
  const system = systemHead(chat.messages)
  const opening = openingOf(chat.messages)
  const name = namedSession(body, header)
  if (name === undefined) return { namedBy: 'opening', thread: keyOf('', system, opening), named: undefined, answer }
  return {
    namedBy: name.by,
    thread: keyOf(name.id, system, opening),
    named: name.isOneConversation ? keyOf(name.id, system) : undefined,
    answer,
  }
}

/** The key of an answer that its provider keeps under an id. */
export function answerKey(tenant: string, responseId: string, digest: (text: string) => string): string {
  return digest(JSON.stringify([tenant, 'answer', responseId]))
}

/**
 * The head of the system prompt without numbers, which change from call to call (clocks, counters), and without Claude
 * Code's first line, which is a checksum of the call.
 */
function systemHead(messages: readonly Message[]): string {
  const system = messages.find(({ role }) => role === 'system' || role === 'developer')
  if (system === undefined) return ''
  const text = plainText(system).replace(/^x-anthropic-billing-header:[^\n]*\n?/, '')
  return text.slice(0, SYSTEM_UNITS).replaceAll(/\d+/g, '0')
}

function openingOf(messages: readonly Message[]): string {
  for (const message of messages) {
    if (message.role !== 'user') continue
    const text = ownWords(message)
    if (text !== '') return text.slice(0, OPENING_UNITS)
  }
  return ''
}
