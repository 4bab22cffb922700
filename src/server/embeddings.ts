import type { EmbeddingsAnswer } from '../embeddings.ts'
import { embed, embeddingsTarget } from '../embeddings.ts'
import { keepNamed } from '../receipts.ts'
import { formatLosses, setRouteHeaders } from '../route-headers.ts'
import { priceUsage } from '../usage/price.ts'
import { readEmbeddingsRequest } from '../wire/embeddings/request.ts'
import { embeddingsUsage } from '../wire/embeddings/response.ts'
import { readJsonBytes } from './read-json.ts'
import type { UnroutedCall } from './serve-unrouted.ts'

const BYTES_PER_TOKEN = 4

/** `POST /v1/embeddings`, from bytes to the last byte of the answer. */
export async function serveEmbeddings(call: UnroutedCall): Promise<void> {
  const { context, exchange, principal, soFar, id } = call
  const startedAt = context.ports.clock.monotonic()
  const { bytes, text, body } = await readJsonBytes(exchange, context.snapshot.maxBodyBytes)
  const sentBytes = bytes.length
  const request = readEmbeddingsRequest(body)
  soFar.asked = request.model
  const target = embeddingsTarget(request.model, context.snapshot)
  soFar.provider = target.provider
  const answer = await embed(
    {
      exchange,
      principal,
      request,
      bytes,
      text,
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
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(answer.body.length),
  }
  const overheadMs = context.ports.clock.monotonic() - startedAt - soFar.waitedMs
  setRouteHeaders(headers, id, target, undefined, soFar.attempts, overheadMs)
  if (answer.losses.length > 0) headers['x-route-losses'] = formatLosses(answer.losses)
  keepNamed(call, target, answer.losses)
  soFar.status = 200
  exchange.sink.head(200, headers)
  exchange.sink.end(answer.body)
}

function count({ soFar }: UnroutedCall, { usage, target }: EmbeddingsAnswer, sentBytes: number): void {
  soFar.usage = usage ?? embeddingsUsage(Math.ceil(sentBytes / BYTES_PER_TOKEN))
  soFar.isUsageEstimated = usage === undefined
  soFar.costUsd = priceUsage({ price_out: 0, ...target.facts }, soFar.usage)
}
