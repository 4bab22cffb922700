import { limitsOnUnrouted, requireAdmitted, unlistedTarget } from './admit-unrouted.ts'
import type { WholeCall } from './ask-whole.ts'
import { ask, authorized } from './ask-whole.ts'
import { GatewayError } from './core/errors.ts'
import type { JsonObject } from './core/json.ts'
import { isJsonObject } from './core/json.ts'
import { editMemberBytes, writeChanged } from './core/json-edit.ts'
import { nearest } from './core/nearest.ts'
import type { Exchange } from './core/ports.ts'
import type { Provider } from './core/provider.ts'
import type { Principal, Snapshot } from './core/snapshot.ts'
import type { Usage } from './core/stream-part.ts'
import type { Target } from './core/target.ts'
import type { Loss } from './core/wire-format.ts'
import type { Context } from './pipeline.ts'
import type { Estimate } from './route/estimate.ts'
import { chooseDialect } from './wire/embeddings/choose-dialect.ts'
import type { EmbeddingsDialect } from './wire/embeddings/dialect.ts'
import type { EmbeddingsRequest } from './wire/embeddings/request.ts'
import { embeddingsUsage, readEmbeddingsUsage, writeEmbeddings } from './wire/embeddings/response.ts'

// The life of a call for embeddings: one target, no routing, because embeddings of different models cannot be mixed.

export type EmbeddingsCall = WholeCall & {
  readonly principal: Principal
  readonly request: EmbeddingsRequest
  /** The body as sent, and its text. Lost by the call. */
  readonly bytes: Uint8Array
  readonly text: string
}

export type EmbeddingsAnswer = {
  readonly target: Target
  readonly body: Uint8Array
  /** `undefined` when the upstream did not count. */
  readonly usage: Usage | undefined
  readonly losses: readonly Loss[]
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

/** The target that is named. Throws for a provider nobody configured, and for `auto`. */
export function embeddingsTarget(asked: string, snapshot: Snapshot): Target {
  const name = snapshot.aliases.get(asked) ?? asked
  if (/^auto(?:$|[:/])/.test(name)) {
    throw new GatewayError(
      'invalid_request',
      'Embeddings are not routed: those of different models cannot be compared. Name one model as PROVIDER/MODEL.',
      { param: 'model' },
    )
  }
  const slash = name.indexOf('/')
  const provider = name.slice(0, Math.max(0, slash))
  const model = name.slice(slash + 1)
  if (snapshot.providers.has(provider) && model !== '') return unlistedTarget(provider, model, snapshot)
  const near =
    slash < 0
      ? alone(name, snapshot)
      : (nearest(provider, snapshot.providers.keys(), 1)[0] ?? simulated(name, snapshot))
  const problem =
    slash < 0 ? `"${name.slice(0, 100)}" names no provider` : `There is no provider "${provider.slice(0, 60)}"`
  const hint = near === undefined ? '' : ` Did you mean "${near.slice(0, 160)}"?`
  throw new GatewayError(
    'model_not_found',
    `${problem}.${hint} Write the model as PROVIDER/MODEL. Configured: ${[...snapshot.providers.keys()].join(', ') || 'none'}.`,
    { param: 'model' },
  )
}

/** A bare name at the only provider there is. */
function alone(name: string, { providers }: Snapshot): string | undefined {
  const [only] = providers.keys()
  return providers.size === 1 && only !== undefined ? `${only}/${name}` : undefined
}

/** The embedded simulator, where it is, stands in for any model of any provider. */
function simulated(name: string, { providers }: Snapshot): string | undefined {
  return providers.has('simulated') ? `simulated/${name}` : undefined
}

/** Asks one target for embeddings and makes OpenAI's answer of its. Rejects with a GatewayError. */
export async function embed(call: EmbeddingsCall, target: Target, context: Context): Promise<EmbeddingsAnswer> {
  requireWithinLimits(call, target, context)
  const provider = context.snapshot.providers.get(target.provider)?.provider
  const dialect = provider?.hasNoEmbeddings ? undefined : chooseDialect(target.format, target.baseUrl)
  if (dialect === undefined) {
    throw new GatewayError('invalid_request', `The gateway knows no way to ask ${target.provider} for embeddings.`, {
      param: 'model',
    })
  }
  if (dialect === 'openai') {
    const losses: Loss[] = []
    const request = await authorized(
      call,
      target,
      { type: 'embeddings' },
      nativeBody(call, target, provider, losses),
      context,
    )
    const { body } = await ask(call, target, request, context)
    return { target, body, usage: readEmbeddingsUsage(parse(body)), losses }
  }
  return translated(call, target, dialect, context)
}

/** As many calls as the service's limit makes of the inputs, one after the other. */
async function translated(
  call: EmbeddingsCall,
  target: Target,
  dialect: EmbeddingsDialect,
  context: Context,
): Promise<EmbeddingsAnswer> {
  const operation = { type: 'passthrough', method: 'POST', path: dialect.path(target.model, target.baseUrl) } as const
  const requests = batches(call.request, dialect.maxInputs).map((batch) => dialect.write(batch, target.model))
  const vectors: (readonly number[])[] = []
  let inputTokens: number | undefined = 0
  for (const { body } of requests) {
    const request = await authorized(call, target, operation, encoder.encode(JSON.stringify(body)), context)
    const embedded = dialect.read(parse((await ask(call, target, request, context)).body))
    vectors.push(...embedded.vectors)
    // One that is not counted leaves the sum unknown.
    inputTokens = sum(inputTokens, embedded.inputTokens)
  }
  const body = encoder.encode(JSON.stringify(writeEmbeddings({ vectors, inputTokens }, call.request, target.id)))
  const usage = inputTokens === undefined ? undefined : embeddingsUsage(inputTokens)
  return { target, body, usage, losses: requests[0]?.losses ?? [] }
}

function batches(request: EmbeddingsRequest, size: number = request.inputs.length): EmbeddingsRequest[] {
  const count = Math.ceil(request.inputs.length / size)
  return Array.from({ length: count }, (_, index) => ({
    ...request,
    inputs: request.inputs.slice(index * size, (index + 1) * size),
  }))
}

function sum(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left + right
}

/** The body as sent, with the model's own name, without what is for the gateway, and in the words of its provider. */
function nativeBody(
  { bytes, text, request }: EmbeddingsCall,
  target: Target,
  provider: Provider | undefined,
  losses: Loss[],
): Uint8Array {
  const { routing: _, ...sent } = request.body
  const lose = (path: string, reason: string): void => void losses.push({ path, reason })
  const adjusted = provider?.adjustEmbeddings?.(sent, lose) ?? sent
  if (adjusted !== sent) return encoder.encode(writeChanged(text, request.body, { ...adjusted, model: target.model }))
  const edits: Record<string, string | undefined> = { model: JSON.stringify(target.model) }
  if (request.body['routing'] !== undefined) edits['routing'] = undefined
  return editMemberBytes(bytes, text, edits)
}

function requireWithinLimits(
  { exchange, principal, request, bytes }: EmbeddingsCall,
  target: Target,
  context: Context,
) {
  const { snapshot, ports } = context
  const limits = limitsOnUnrouted(embeddingsDoors(exchange, principal, request.body), snapshot, ports.clock.now())
  requireAdmitted(limits, [target], () => mostOf(target, bytes.length))
}

/** What says which policies govern a call for embeddings. */
export function embeddingsDoors(exchange: Pick<Exchange, 'header'>, principal: Principal, body: JsonObject) {
  const { model, metadata, routing } = body
  return {
    principal,
    routeHeader: exchange.header('x-route'),
    routing,
    model: typeof model === 'string' ? model : undefined,
    metadata: isJsonObject(metadata) ? metadata : undefined,
  }
}

/** No tokenizer makes more tokens of a text than it has bytes, and a list of tokens has more bytes than tokens. */
function mostOf({ facts }: Target, bytes: number): Estimate {
  const costUsd = facts.price_in === undefined ? undefined : (facts.price_in * bytes) / 1_000_000
  return { costUsd, ttftMs: undefined, latencyMs: undefined, outputTokens: 0, isLengthAssumed: false }
}

function parse(body: Uint8Array): JsonObject {
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(body))
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is not JSON.', { cause })
  }
  if (!isJsonObject(value)) {
    throw new GatewayError('upstream_malformed', 'The model answered with JSON that is no object.')
  }
  return value
}
