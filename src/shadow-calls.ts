import { GatewayError, toGatewayError } from './core/errors.ts'
import type { ChatBody } from './core/request.ts'
import { MemoryExchange } from './memory-exchange.ts'
import type { ChatCall, ChatOutcome, Context } from './pipeline.ts'
import { chat } from './pipeline.ts'
import { recordToolCalls } from './record-tool-calls.ts'
import { recordOf } from './server/chat.ts'
import { settleCall } from './settle-usage.ts'
import type { ShadowCopy } from './shadow-copy.ts'

/** Sends copies of calls to a second target. Nobody waits for them, and their answers reach nobody. */
export type ShadowCalls = {
  /**
   * Takes a place for a copy of the call. Gives what sends it, to be called once, when the client has his answer;
   * `undefined` where too many are under way. Never throws.
   */
  prepare(call: ChatCall, shadow: ShadowCopy, context: Context): (() => void) | undefined
  close(): void
}

// Each holds a request in memory and a connection; more would be a second service.
const MOST_AT_ONCE = 8
const NOTHING = new Uint8Array(0)

export function createShadowCalls(): ShadowCalls {
  // One a call: what aborts belongs to the call that it was made for, where a runtime keeps calls apart.
  const underWay = new Set<AbortController>()
  let isClosed = false

  async function run(call: ChatCall, body: ChatBody, context: Context, signal: AbortSignal): Promise<void> {
    const { ports, telemetry } = context
    const { clock } = ports
    const startedAtEpochMs = clock.now()
    const startedAt = clock.monotonic()
    const id = `rt_${ports.randomId(24)}`
    const exchange = new MemoryExchange(NOTHING, signal, {
      keepsAnswer: false,
      header: (name) => call.exchange.header(name),
    })
    let outcome: ChatOutcome | undefined
    let error: GatewayError | undefined
    try {
      const copy = { ...call, id, exchange, body, startedAt, guards: undefined, governing: undefined }
      outcome = await chat({ ...copy, shadowOf: call.id }, context)
      error = outcome.result.error
      if (outcome.result.outcome === 'abandoned')
        error = new GatewayError('client_closed_request', 'The gateway closed.')
    } catch (thrown) {
      error = toGatewayError(thrown)
    }
    const elapsedMs = clock.monotonic() - startedAt
    const facts = {
      id,
      endpoint: 'shadow',
      principal: call.principal,
      body,
      outcome,
      error,
      elapsedMs,
      shadowOf: call.id,
    }
    if (context.ledger !== undefined) settleCall(recordOf(facts), context)
    telemetry.finished({
      startedAtEpochMs,
      traceparent: undefined,
      record() {
        const { result } = outcome ?? {}
        if (result?.target !== undefined) recordToolCalls(result.observed, result.target, context)
        return recordOf(facts)
      },
    })
  }

  return {
    prepare(call, { model, said }, context) {
      if (underWay.size >= MOST_AT_ONCE || isClosed) {
        context.telemetry.shadowDropped(model)
        return undefined
      }
      const leaving = new AbortController()
      underWay.add(leaving)
      const copy = call.body.copyFor(model, said)
      return () =>
        context.ports.background.run(async () => {
          try {
            await run(call, copy(), context, leaving.signal)
          } finally {
            underWay.delete(leaving)
          }
        })
    },
    close() {
      isClosed = true
      for (const leaving of underWay) leaving.abort()
    },
  }
}
