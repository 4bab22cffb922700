import type { WireFormat } from '../core/wire-format.ts'
import { countTokens } from '../count-tokens.ts'
import { setRouteHeaders } from '../route-headers.ts'
import { openChatBody, readBytes } from './read-json.ts'
import type { UnroutedCall } from './serve-unrouted.ts'

/** `POST /v1/messages/count_tokens`, from bytes to the last byte of the answer. */
export async function serveCountTokens(call: UnroutedCall, format: WireFormat): Promise<void> {
  const { id, context, exchange, principal, soFar } = call
  const startedAt = context.ports.clock.monotonic()
  const body = openChatBody(await readBytes(exchange, context.snapshot.maxBodyBytes), format)
  soFar.asked = body.model
  const { tokens, target, decision } = await countTokens(
    {
      id,
      exchange,
      body,
      format,
      principal,
      onAttempt(attempt) {
        soFar.attempts = [...soFar.attempts, attempt]
        soFar.waitedMs += attempt.elapsedMs
      },
    },
    context,
  )
  soFar.target = target?.id
  soFar.provider = target?.provider
  const answer = new TextEncoder().encode(JSON.stringify({ input_tokens: tokens }))
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(answer.length),
    'x-route-id': id,
  }
  if (target !== undefined) {
    const overheadMs = context.ports.clock.monotonic() - startedAt - soFar.waitedMs
    setRouteHeaders(headers, id, target, decision, soFar.attempts, overheadMs)
  }
  soFar.status = 200
  exchange.sink.head(200, headers)
  exchange.sink.end(answer)
}
