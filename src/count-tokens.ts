import type { WholeCall } from './ask-whole.ts'
import { ask } from './ask-whole.ts'
import { shapeOf } from './classify/shape.ts'
import type { Decision } from './core/decision.ts'
import { GatewayError } from './core/errors.ts'
import type { JsonObject } from './core/json.ts'
import { isJsonObject } from './core/json.ts'
import { editMembers } from './core/json-edit.ts'
import type { HttpRequest } from './core/ports.ts'
import type { ChatBody } from './core/request.ts'
import type { Principal } from './core/snapshot.ts'
import type { Target } from './core/target.ts'
import type { WireFormat } from './core/wire-format.ts'
import { decide } from './decide.ts'
import { readDirectives } from './directives/read-directives.ts'
import { hopOf } from './hop-of.ts'
import type { Context } from './pipeline.ts'

export type Counting = WholeCall & {
  readonly id: string
  readonly body: ChatBody
  readonly format: WireFormat
  readonly principal: Principal
  /** As `ChatCall` has it. */
  readonly governing: string | undefined
}

export type CountedTokens = {
  readonly tokens: number
  /** Whose count it is; `undefined` for the gateway's own estimate. */
  readonly target: Target | undefined
  /** What the limits of a call that names its model made of it. */
  readonly decision: Decision | undefined
}

const decoder = new TextDecoder()

/**
 * How many tokens a prompt has. The provider's own count where the model is named and speaks the client's format; for
 * every other, and where the gateway would choose, an estimate. A prompt goes to no model to which a chat call with the
 * same body, key and headers would not go: it is refused as that call is.
 */
export async function countTokens(counting: Counting, context: Context): Promise<CountedTokens> {
  const { body, format, id, principal, exchange, governing } = counting
  const { chat } = body.read()
  const routeHeader = exchange.header('x-route')
  const { choice } = readDirectives({
    model: body.model,
    header: routeHeader,
    said: body.said,
    principal,
    snapshot: context.snapshot,
  })
  const estimate = { tokens: shapeOf(chat).promptTokens, target: undefined, decision: undefined }
  // Where the gateway would choose, nobody is asked.
  if (choice.type !== 'target') return estimate
  const { targets, decision } = await decide(
    { id, chat, format, principal, governing, routeHeader, said: body.said },
    context,
  )
  const [target] = targets
  if (target?.format !== format.id) return { ...estimate, decision }
  return { tokens: await askTarget(target, counting, context), target, decision }
}

async function askTarget(target: Target, counting: Counting, context: Context): Promise<number> {
  const request = await countingRequest(target, counting, context)
  const answer = await ask(counting, target, request, context)
  const said = parsed(decoder.decode(answer.body))
  // Anthropic's word, and Google's.
  const counted = said['input_tokens'] ?? said['totalTokens']
  if (typeof counted === 'number') return counted
  throw new GatewayError('upstream_malformed', 'The provider answered with something that is no count of tokens.')
}

function countingRequest(
  target: Target,
  { exchange, body, format }: Counting,
  context: Context,
): HttpRequest | Promise<HttpRequest> {
  const configured = context.snapshot.providers.get(target.provider)
  if (configured === undefined) throw new GatewayError('internal_error', 'The model has no provider.')
  const { provider, secret, headers } = configured
  const { chat, text } = body.read()
  const sent = chat.native.body
  // What is left out is said with the answer to the call itself.
  const lose = (): void => undefined
  const isChosen = context.snapshot.aliases.has(body.model)
  const fitted = isChosen ? (format.fitModel?.(sent, target, lose) ?? sent) : sent
  const adjusted = provider.adjustBody?.(fitted, { target, format: format.id, isChosen, lose }) ?? fitted
  // Gemini's clients name the model in the path, and their request may stand inside of another member.
  const isInPath = format.id === 'gemini-generate'
  const exact = adjusted === sent && !isInPath ? text : JSON.stringify(adjusted)
  return provider.authorize({
    target,
    operation: { type: 'count-tokens' },
    format: format.id,
    stream: false,
    body: isInPath ? exact : editMembers(exact, { model: JSON.stringify(target.model) }),
    secret,
    headers,
    hop: hopOf(exchange, context),
    clientHeader: (name) => exchange.header(name),
    ask: context.ask,
    now: context.ports.clock.now(),
  })
}

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    if (isJsonObject(value)) return value
  } catch {
    // Said above.
  }
  return {}
}
