import type { JsonObject } from './core/json.ts'
import type { ChatBody } from './core/request.ts'
import type { SaidInBody } from './core/said-in-body.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { PathFacts, WireFormat } from './core/wire-format.ts'
import { openChatBody } from './server/read-json.ts'
import { takeOffFor } from './take-off.ts'

/** A chat body whose decision alone is asked for: all of it, and of a body without a model what `auto` would be. */
export function openQuestion(
  bytes: Uint8Array,
  format: WireFormat,
  principal: Principal,
  snapshot: Snapshot,
): { readonly body: ChatBody; readonly said: SaidInBody } {
  const orAuto: WireFormat = {
    ...format,
    readRequest: (body: JsonObject, said?: PathFacts) =>
      format.readRequest({ ...body, model: body['model'] ?? 'auto' }, { ...said, model: 'auto' }),
  }
  const body = openChatBody(bytes, orAuto, undefined, takeOffFor({ format, principal, snapshot }))
  const { body: directives = {}, ...said } = body.said ?? NOTHING
  return { body, said: { ...said, body: { ...directives, explain: true } } }
}

const NOTHING: SaidInBody = { body: {}, prompt: {}, wishes: {}, warnings: [], kept: [] }
