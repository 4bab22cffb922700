import { guardsOnUnrouted } from '../admit-unrouted.ts'
import type { TakenLimits } from '../call-account.ts'
import { boundedTokens, takeLimits, UNKNOWN_COST } from '../call-account.ts'
import type { Target } from '../core/target.ts'
import type { EmbeddingsAnswer, EmbeddingsCall } from '../embeddings.ts'
import { embed, embeddingsDoors, embeddingsTarget } from '../embeddings.ts'
import { guardHeaders } from '../guards-of.ts'
import { keepNamed } from '../receipts.ts'
import { formatLosses, setRouteHeaders } from '../route-headers.ts'
import { priceUsage } from '../usage/price.ts'
import { readEmbeddingsRequest } from '../wire/embeddings/request.ts'
import { embeddingsUsage } from '../wire/embeddings/response.ts'
import { readJsonBytes, readObject } from './read-json.ts'
import type { UnroutedCall } from './serve-unrouted.ts'

const BYTES_PER_TOKEN = 4

const NANO_USD_A_TOKEN = 1_000

/** `POST /v1/embeddings`, from bytes to the last byte of the answer. */
export async function serveEmbeddings(call: UnroutedCall): Promise<void> {
  const { context, soFar } = call
  const startedAt = context.ports.clock.monotonic()
  const { bytes, text, body } = await readGuarded(call)
  const sentBytes = bytes.length
  const request = readEmbeddingsRequest(body)
  soFar.asked = request.model
  const target = embeddingsTarget(request.model, context.snapshot)
  soFar.provider = target.provider
  const taken = await take(call, target, sentBytes)
  try {
    await answerWith(call, { bytes, text, request, target, startedAt, taken })
  } finally {
    taken?.settle()
  }
}

/** The body past the guards of its key, and then of the policies that it names or that govern it. */
async function readGuarded({ context, exchange, principal, guards }: UnroutedCall): ReturnType<typeof readJsonBytes> {
  const read = await readJsonBytes(exchange, context, guards)
  const placed = guardsOnUnrouted(embeddingsDoors(exchange, principal, read.body), context.snapshot)
  const bytes = placed.length === 0 ? read.bytes : (guards?.also(placed, read.bytes) ?? read.bytes)
  return bytes === read.bytes ? read : readObject(bytes)
}

type Embedding = Pick<EmbeddingsCall, 'bytes' | 'text' | 'request'> & {
  readonly target: Target
  readonly startedAt: number
  readonly taken: TakenLimits | undefined
}

async function answerWith(call: UnroutedCall, embedding: Embedding): Promise<void> {
  const { context, exchange, principal, guards, soFar, id } = call
  const { bytes, text, request, target, startedAt, taken } = embedding
  const sentBytes = bytes.length
  const answer = await embed(
    {
      exchange,
      principal,
      request,
      bytes,
      text,
      deadlineAt: context.ports.clock.monotonic() + context.snapshot.timeouts.totalMs,
      onAttempt(attempt) {
        soFar.attempts = [...soFar.attempts, attempt]
        soFar.waitedMs += attempt.elapsedMs
      },
    },
    target,
    context,
  )
  soFar.target = target.id
  count(call, answer, sentBytes)
  if (soFar.usage !== undefined) taken?.use({ usage: soFar.usage, costUsd: soFar.costUsd })
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(answer.body.length),
    ...guardHeaders(guards),
  }
  const overheadMs = context.ports.clock.monotonic() - startedAt - soFar.waitedMs
  taken?.setHeaders(headers)
  setRouteHeaders(headers, id, target, undefined, soFar.attempts, overheadMs)
  if (answer.losses.length > 0) headers['x-route-losses'] = formatLosses(answer.losses)
  keepNamed(call, target, answer.losses)
  soFar.status = 200
  exchange.sink.head(200, headers)
  exchange.sink.end(answer.body)
}

/** An answer has no tokens, and no text more of them than bytes. */
function take(
  { id, exchange, principal, context }: UnroutedCall,
  { facts }: Target,
  bytes: number,
): TakenLimits | undefined | Promise<TakenLimits> {
  const { limits, name } = principal
  if (limits === undefined) return undefined
  const price = facts.price_in
  const most = price === undefined ? undefined : Math.ceil(price * NANO_USD_A_TOKEN * bytes)
  const cost = most === undefined ? UNKNOWN_COST : { full: most, least: most }
  const tokens = Math.ceil(bytes / BYTES_PER_TOKEN)
  const needs = { tokens: boundedTokens(tokens, tokens, limits), cost }
  return takeLimits({ id, exchange, key: name, limits }, needs, context)
}

function count({ soFar }: UnroutedCall, { usage, target }: EmbeddingsAnswer, sentBytes: number): void {
  soFar.usage = usage ?? embeddingsUsage(Math.ceil(sentBytes / BYTES_PER_TOKEN))
  soFar.isUsageEstimated = usage === undefined
  soFar.costUsd = priceUsage({ price_out: 0, ...target.facts }, soFar.usage)
}
