import { shapeOf } from './classify/shape.ts'
import { GatewayError } from './core/errors.ts'
import type { JsonObject } from './core/json.ts'
import { isJsonObject } from './core/json.ts'
import { editMembers } from './core/json-edit.ts'
import type { Exchange } from './core/ports.ts'
import type { ChatBody } from './core/request.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { Target } from './core/target.ts'
import type { WireFormat } from './core/wire-format.ts'
import { readDirectives } from './directives/read-directives.ts'
import type { Context } from './pipeline.ts'

type Counting = {
  readonly exchange: Exchange
  readonly body: ChatBody
  readonly format: WireFormat
  readonly principal: Principal
}

/**
 * How many tokens a prompt has. The provider's own count where the model is named and speaks the client's format; for
 * every other, and where the gateway would choose, an estimate. Throws what a chat call with this body would throw.
 */
export async function countTokens(counting: Counting, context: Context): Promise<number> {
  const { body, format } = counting
  const { chat } = body.read()
  const target = namedTarget(counting, context.snapshot)
  return target?.format === format.id ? askTarget(target, counting, context) : shapeOf(chat).promptTokens
}

/** The target that the model's name means; `undefined` for `auto` and its kin, and for a model that is not configured. */
function namedTarget({ body, exchange, principal }: Counting, snapshot: Snapshot): Target | undefined {
  const { choice } = readDirectives({
    model: body.model,
    header: exchange.header('x-route'),
    body: body.read().chat.native.body['routing'],
    principal,
    snapshot,
  })
  if (choice.type !== 'target') return undefined
  const target = snapshot.targets.get(choice.id)
  if (target !== undefined) return target
  throw new GatewayError(
    'model_not_found',
    `The model "${choice.id.slice(0, 100)}" is not configured. GET /v1/models lists every name.`,
    { param: 'model' },
  )
}

async function askTarget(target: Target, { exchange, body, format }: Counting, context: Context): Promise<number> {
  const configured = context.snapshot.providers.get(target.provider)
  if (configured === undefined) throw new GatewayError('internal_error', 'The model has no provider.')
  const { provider, secret, headers } = configured
  const { chat, text } = body.read()
  const sent = chat.native.body
  // What is left out is said with the answer to the call itself.
  const adjusted = provider.adjustBody?.(sent, { target, format: format.id, lose: () => undefined }) ?? sent
  const exact = adjusted === sent ? text : JSON.stringify(adjusted)
  const request = await provider.authorize({
    target,
    operation: { type: 'count-tokens' },
    format: format.id,
    stream: false,
    body: editMembers(exact, { model: JSON.stringify(target.model), routing: undefined }),
    secret,
    headers,
    clientHeader: (name) => exchange.header(name),
    ask: context.ask,
    now: context.ports.clock.now(),
  })
  const answer = await context.ask(request)
  if (answer.status < 200 || answer.status >= 300) throw format.readError(answer.status, {}, answer.body)
  const counted = parsed(answer.body)['input_tokens']
  if (typeof counted === 'number') return counted
  throw new GatewayError('upstream_malformed', 'The provider answered with something that is no count of tokens.')
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // Said below.
  }
  return {}
}
