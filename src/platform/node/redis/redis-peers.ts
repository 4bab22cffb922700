import { createClient } from '@redis/client'
import type { JsonObject, JsonValue } from '../../../core/json.ts'
import { isJsonObject } from '../../../core/json.ts'
import type { PeerListener, Peers } from '../../../core/peers.ts'
import type { Log } from '../../../core/ports.ts'
import { connectStore } from './connection.ts'

type RedisPeersOptions = {
  readonly url: string
  readonly timeoutMs: number
  readonly randomId: (size: number) => string
  readonly log: Log
}

export type RedisPeers = Peers & {
  /** Resolves when the store has answered for the first time, or after `milliseconds`. */
  opened(milliseconds: number): Promise<void>
}

/** What goes over the wire, as JSON. */
type Envelope =
  | { readonly type: 'news'; readonly from: string; readonly body: JsonObject }
  | { readonly type: 'question'; readonly from: string; readonly id: string; readonly body: JsonObject }
  | { readonly type: 'answer'; readonly from: string; readonly id: string; readonly body: JsonValue }

const MOST_WAITING = 1_000
// A receipt of a large pool is a few hundred kilobytes.
const MOST_CHARACTERS = 2 ** 20
const PING_MS = 1_000
const SILENT_MS = 5_000
const CONNECT_MS = 2_000

/**
 * Gateways that speak over the channels of a Redis or Valkey: one for all of them, and one for each, for answers. Two
 * connections; a request costs none of them anything. Channels know no databases, so that of the URL stands in their name.
 */
export function createRedisPeers({ url, timeoutMs, randomId, log }: RedisPeersOptions): RedisPeers {
  const nobody = (): void => {}
  // That the store is away is said already, by the connection of the counters.
  const quiet: Log = (level, event, fields) => {
    if (event !== 'store_down' && event !== 'store_up') log(level, event, fields)
  }
  const watch = { alive: nobody, answered: nobody, failed: nobody, changed: nobody }
  const speaking = connectStore({ url, timeoutMs, log: quiet, mayRefuseWrites: true }, watch)
  const hearing = createClient({
    url,
    RESP: 2,
    pingInterval: PING_MS,
    socket: {
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      reconnectStrategy: (retries) => Math.min(20 * 2 ** retries, 300),
    },
  })
  const from = randomId(16)
  const everyone = `thalamus:peers:${databaseOf(url)}`
  const waiting = new Map<string, (answer: JsonValue | undefined) => void>()
  let listener: PeerListener | undefined

  function say(channel: string, envelope: Envelope): void {
    const text = JSON.stringify(envelope)
    if (text.length > MOST_CHARACTERS || !speaking.isUp()) return
    // Lost words are told again by whoever needs them, or not at all.
    speaking.send(['PUBLISH', channel, text]).catch(nobody)
  }

  function hear(text: string): void {
    const envelope = readEnvelope(text)
    if (envelope === undefined || envelope.from === from) return
    if (envelope.type === 'answer') waiting.get(envelope.id)?.(envelope.body)
    else if (envelope.type === 'news') listener?.heard(envelope.body)
    else void answer(envelope)
  }

  async function answer({ from: asker, id, body: question }: Envelope & { readonly type: 'question' }): Promise<void> {
    try {
      const body = await listener?.asked(question)
      if (body !== undefined) say(`${everyone}:${asker}`, { type: 'answer', from, id, body })
    } catch (cause) {
      log('warn', 'peer_not_answered', { cause: String(cause) })
    }
  }

  hearing.on('error', nobody)
  hearing.connect().catch(nobody)
  hearing.subscribe([everyone, `${everyone}:${from}`], hear).catch(nobody)

  return {
    opened: speaking.opened,
    tell: (body) => say(everyone, { type: 'news', from, body }),
    ask(body) {
      if (!speaking.isUp() || waiting.size >= MOST_WAITING) return Promise.resolve(undefined)
      const id = randomId(16)
      return new Promise((resolve) => {
        const timer = setTimeout(() => over(undefined), timeoutMs)
        const over = (found: JsonValue | undefined): void => {
          clearTimeout(timer)
          waiting.delete(id)
          resolve(found)
        }
        waiting.set(id, over)
        say(everyone, { type: 'question', from, id, body })
      })
    },
    listen(told) {
      listener = told
    },
    async close() {
      for (const over of waiting.values()) over(undefined)
      hearing.destroy()
      await speaking.close()
    },
  }
}

function databaseOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname.slice(1) : ''
  return path === '' ? '0' : path
}

function readEnvelope(text: string): Envelope | undefined {
  if (text.length > MOST_CHARACTERS) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (!isJsonObject(value)) return undefined
    const { type, from, id, body } = value
    if (typeof from !== 'string' || body === undefined) return undefined
    if (type === 'news' && isJsonObject(body)) return { type, from, body }
    if (typeof id !== 'string') return undefined
    if (type === 'question' && isJsonObject(body)) return { type, from, id, body }
    return type === 'answer' ? { type, from, id, body } : undefined
  } catch {
    return undefined
  }
}
