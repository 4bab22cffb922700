import type { JsonObject, JsonValue } from './json.ts'

/**
 * The other gateways that share this one's store. Words to them may be lost: nothing here rejects, throws or waits longer than
 * the store's deadline.
 */
export type Peers = {
  /** To all others. */
  tell(news: JsonObject): void
  /** The first answer of another gateway; `undefined` when none of them has one, in time. */
  ask(question: JsonObject): Promise<JsonValue | undefined>
  /** What becomes of others' words here. Once. */
  listen(listener: PeerListener): void
  close(): Promise<void>
}

export type PeerListener = {
  heard(news: JsonObject): void
  /** `undefined`: this gateway knows nothing of it, and says nothing. */
  asked(question: JsonObject): JsonValue | undefined | Promise<JsonValue | undefined>
}
