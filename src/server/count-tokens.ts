import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import type { PathFacts, WireFormat } from '../core/wire-format.ts'
import { countTokens } from '../count-tokens.ts'
import { underPolicies } from '../governing.ts'
import { guardHeaders } from '../guards-of.ts'
import { keepNamed } from '../receipts.ts'
import { setRouteHeaders } from '../route-headers.ts'
import { takeOffFor } from '../take-off.ts'
import { openChatBody, readBytes } from './read-json.ts'
import type { UnroutedCall } from './serve-unrouted.ts'

/** How a client's format asks for a count, and how it is answered. */
export type CountDoor = {
  readonly format: WireFormat
  readonly said?: PathFacts
  /** The member that may hold the request itself. */
  readonly within?: string
  writeCount(tokens: number): JsonObject
}

/** https://docs.claude.com/en/api/messages-count-tokens */
export function messagesCount(format: WireFormat): CountDoor {
  return { format, writeCount: (tokens) => ({ input_tokens: tokens }) }
}

/** The body may be `contents` or a whole `generateContentRequest`. https://ai.google.dev/api/tokens#method:-models.counttokens */
export function geminiCount(gemini: WireFormat, said: PathFacts): CountDoor {
  const format: WireFormat = {
    ...gemini,
    readRequest(body, facts) {
      const inner = body['generateContentRequest']
      return gemini.readRequest(isJsonObject(inner) ? { ...inner, model: undefined } : body, facts)
    },
  }
  return { format, said, within: 'generateContentRequest', writeCount: (tokens) => ({ totalTokens: tokens }) }
}

/** A count of a prompt's tokens, from bytes to the last byte of the answer. */
export async function serveCountTokens(call: UnroutedCall, door: CountDoor): Promise<void> {
  const { id, context, exchange, principal, guards, soFar } = call
  const { format, said, within } = door
  const startedAt = context.ports.clock.monotonic()
  const { snapshot } = context
  const takeOff = takeOffFor({ format, principal, snapshot, pathModel: said?.model, within })
  const bytes = await readBytes(exchange, context)
  const opened = openChatBody(guards?.request(bytes) ?? bytes, format, said, takeOff)
  const asking = { body: opened, said: opened.said, format, principal, routeHeader: exchange.header('x-route') }
  const { body, governing } = underPolicies(asking, guards, snapshot)
  soFar.asked = body.model
  const { tokens, target, decision } = await countTokens(
    {
      id,
      exchange,
      body,
      governing,
      format,
      principal,
      deadlineAt: context.ports.clock.monotonic() + snapshot.timeouts.totalMs,
      onAttempt(attempt) {
        soFar.attempts = [...soFar.attempts, attempt]
        soFar.waitedMs += attempt.elapsedMs
      },
    },
    context,
  )
  soFar.target = target?.id
  soFar.provider = target?.provider
  const answer = new TextEncoder().encode(JSON.stringify(door.writeCount(tokens)))
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(answer.length),
    'x-route-id': id,
    ...guardHeaders(guards),
  }
  if (target !== undefined) {
    const overheadMs = context.ports.clock.monotonic() - startedAt - soFar.waitedMs
    setRouteHeaders(headers, id, target, decision, soFar.attempts, overheadMs)
    if (decision === undefined) keepNamed(call, target, [])
  }
  soFar.status = 200
  exchange.sink.head(200, headers)
  exchange.sink.end(answer)
}
