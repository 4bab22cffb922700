import { GatewayError } from './core/errors.ts'
import type { JsonObject } from './core/json.ts'
import { isJsonObject } from './core/json.ts'
import type { StreamPart } from './core/stream-part.ts'
import type { WireFormat } from './core/wire-format.ts'
import { MemoryExchange } from './memory-exchange.ts'
import type { Context } from './pipeline.ts'
import { chat } from './pipeline.ts'
import { LOCAL_PRINCIPAL } from './server/authenticate.ts'
import { openChatBody } from './server/read-json.ts'
import { takeOffFor } from './take-off.ts'

/** One chat call of the program's own, down the whole pipeline: its answer as parts. Rejects with a GatewayError. */
export async function ask(
  body: JsonObject,
  signal: AbortSignal,
  format: WireFormat,
  context: Context,
): Promise<readonly StreamPart[]> {
  const { ports } = context
  const bytes = new TextEncoder().encode(JSON.stringify({ ...body, stream: false }))
  const exchange = new MemoryExchange(bytes, signal)
  // Prompts of the program's own are not a person's in a chat box.
  const takeOff = takeOffFor({ format, principal: { promptFlags: 'off' }, snapshot: context.snapshot })
  const { result } = await chat(
    {
      id: `rt_${ports.randomId(24)}`,
      exchange,
      body: openChatBody(bytes, format, undefined, takeOff),
      format,
      framing: 'sse',
      principal: LOCAL_PRINCIPAL,
      routeHeader: undefined,
      startedAt: ports.clock.monotonic(),
      isOwn: true,
    },
    context,
  )
  if (result.outcome === 'abandoned') throw new GatewayError('client_closed_request', 'The call was given up.')
  if (result.error !== undefined) throw result.error
  const answer: unknown = JSON.parse(exchange.text())
  if (!isJsonObject(answer))
    throw new GatewayError('upstream_malformed', 'The model answered with JSON that is no object.')
  return format.readResponse(answer)
}
