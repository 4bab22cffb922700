import type { Attempt } from './core/decision.ts'
import { DISPATCH_DEFAULTS } from './core/dispatch-settings.ts'
import { GatewayError, toGatewayError } from './core/errors.ts'
import { maskError } from './core/mask.ts'
import type { Exchange, HttpRequest } from './core/ports.ts'
import type { Operation } from './core/provider.ts'
import type { Principal } from './core/snapshot.ts'
import type { Target } from './core/target.ts'
import type { Collected } from './dispatch/collect.ts'
import { collect } from './dispatch/collect.ts'
import type { Place } from './dispatch/concurrency.ts'
import { noHealthyTarget } from './dispatch/plan-walk.ts'
import { refuseCoding, refusedIn } from './dispatch/refuse-coding.ts'
import { retryHeaders } from './dispatch/retry-after.ts'
import { retryWait } from './dispatch/retry-delay.ts'
import { takeTurn } from './dispatch/take-turn.ts'
import { hopOf } from './hop-of.ts'
import type { Context } from './pipeline.ts'

// One target asked for a whole answer that is no chat.

export type WholeCall = {
  readonly exchange: Exchange
  readonly principal: Pick<Principal, 'name'>
  /** When the whole call must be over, on the monotonic clock: turns in queues, tries and parts of it together. */
  readonly deadlineAt: number
  /** Told of every try, as soon as it is over. */
  readonly onAttempt: (attempt: Attempt) => void
}

const MAX_ANSWER_BYTES = 256 * 1024 * 1024
const decoder = new TextDecoder()

/** The request as the target’s provider must get it. */
export async function authorized(
  { exchange }: Pick<WholeCall, 'exchange'>,
  target: Target,
  operation: Operation,
  body: Uint8Array,
  context: Context,
): Promise<HttpRequest> {
  const { snapshot, ask: askUpstream, ports } = context
  const configured = snapshot.providers.get(target.provider)
  if (configured === undefined) {
    throw new GatewayError('internal_error', 'The model has no provider in the configuration.', {
      detail: { target: target.id },
    })
  }
  const { provider, secret, headers } = configured
  const format = target.format
  return provider.authorize({
    target,
    operation,
    format,
    stream: false,
    body,
    secret,
    headers,
    hop: hopOf(exchange, context),
    ask: askUpstream,
    now: ports.clock.now(),
  })
}

/** The upstream's answer. There is no other target: it is asked again as a chat's only one is. */
export async function ask(call: WholeCall, target: Target, request: HttpRequest, context: Context): Promise<Collected> {
  const { ports, snapshot } = context
  const { clock, random } = ports
  const settings = snapshot.dispatch ?? DISPATCH_DEFAULTS
  let failure: GatewayError | undefined
  for (let tries = 1; ; tries += 1) {
    try {
      return await askOnce(call, target, request, context)
    } catch (thrown) {
      const error = toGatewayError(thrown)
      // It rests because of what it said just now.
      if (error.code === 'no_healthy_target' && failure !== undefined) throw failure
      failure = error
      const leftMs = call.deadlineAt - clock.monotonic()
      const mayRetry = error.retry !== 'never' && error.code !== 'target_busy' && tries < snapshot.maxAttempts
      const waitMs = mayRetry ? retryWait(error, { tries, settings, leftMs, now: clock.now(), random }) : undefined
      if (waitMs === undefined) throw error
      await waitFor(waitMs, call, error, context)
    }
  }
}

/** Rejects as soon as the client leaves, and with what ends all calls. */
function waitFor(waitMs: number, call: WholeCall, failure: GatewayError, { deadlines, ports }: Context): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error: GatewayError): void => {
      timer.cancel()
      ending.clear()
      reject(error)
    }
    const ending = deadlines.start(call.deadlineAt, { expire: () => end(failure), interrupt: end })
    const timer = ports.clock.timer(waitMs, () => {
      ending.clear()
      resolve()
    })
    call.exchange.onAbort(() => end(new GatewayError('client_closed_request', 'The client left.')))
  })
}

async function askOnce(call: WholeCall, target: Target, request: HttpRequest, context: Context): Promise<Collected> {
  const { breakers, places, snapshot, deadlines } = context
  const settings = snapshot.dispatch ?? DISPATCH_DEFAULTS
  // Of models that are not listed there may be as many as a client makes up.
  const permit = snapshot.targets.has(target.id) ? breakers.enter(target.id, settings.breaker, true) : 'go'
  if (permit === undefined) throw noHealthyTarget([target], breakers)
  let status: number | undefined
  const told = {
    ...call,
    onAttempt: (attempt: Attempt) => {
      status = attempt.status
      call.onAttempt(attempt)
    },
  }
  const { exchange, deadlineAt } = call
  const turn = { key: call.principal.name, settings: settings.queue, exchange, deadlines, deadlineAt }
  let place: Place | undefined
  try {
    place = await takeTurn(places, target, turn)
    const collected = await send(told, target, request, context)
    breakers.succeeded(target.id, permit)
    return collected
  } catch (thrown) {
    const error = toGatewayError(thrown)
    if (snapshot.targets.has(target.id)) breakers.failed(target.id, permit, { error, status }, settings.breaker)
    throw error
  } finally {
    place?.leave()
  }
}

async function send(call: WholeCall, target: Target, request: HttpRequest, context: Context): Promise<Collected> {
  const { ports, snapshot, deadlines, telemetry } = context
  const { transport, clock } = ports
  const { exchange, deadlineAt } = call
  const sentAt = clock.monotonic()
  const isListed = snapshot.targets.has(target.id)
  let status: number | undefined

  function attempt(outcome: string): Attempt {
    // A name that only the client vouches for is no label.
    const name = isListed || outcome === 'ok' ? target.id : `${target.provider}/*`
    return { target: name, outcome, status, elapsedMs: clock.monotonic() - sentAt }
  }

  try {
    const input = { request, exchange, transport, timeouts: snapshot.timeouts, deadlines, deadlineAt }
    const collected = await collect({ ...input, maxBytes: MAX_ANSWER_BYTES })
    status = collected.status
    if (status < 200 || status >= 300) throw refusal(collected, target, context)
    const unreadable = refuseCoding(collected.headers)
    if (unreadable !== undefined) throw unreadable
    call.onAttempt(attempt('ok'))
    return collected
  } catch (thrown) {
    const error = maskError(toGatewayError(thrown), context.mask)
    if (error.code !== 'client_closed_request') {
      const failed = attempt(error.code)
      call.onAttempt(failed)
      telemetry.attemptFailed(failed, error)
    }
    throw error
  }
}

const MAX_ERROR_BYTES = 65_536

function refusal(
  { status, headers, body }: Collected,
  target: Target,
  { formats, mask, ports }: Context,
): GatewayError {
  const format = formats.get(target.format) ?? formats.get('openai-chat')
  const text = refusedIn(headers) ?? mask(decoder.decode(body.subarray(0, MAX_ERROR_BYTES)))
  return (
    format?.readError(status, retryHeaders(headers, ports.clock.now()), text) ??
    new GatewayError('upstream_error', 'The model failed without saying why.', { detail: { status } })
  )
}
