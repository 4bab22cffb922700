import { GatewayError } from '../core/errors.ts'
import { foldParts } from '../core/fold.ts'
import { isJsonObject } from '../core/json.ts'
import { parseAnswer } from '../core/lossless-json.ts'
import type { FinishReason, StreamPart, Usage } from '../core/stream-part.ts'
import { isContentPart, isCounted } from '../core/stream-part.ts'
import { createTidier } from '../core/tidy-parts.ts'
import type { WireFormat } from '../core/wire-format.ts'
import type { Answer } from './answer.ts'
import type { ClientSide } from './client-side.ts'
import { answerContext } from './client-side.ts'
import { isSignedThought, refuseEmpty } from './empty-answer.ts'
import type { JsonAnswerInput } from './json-answer.ts'
import { collectJson } from './json-answer.ts'
import type { Observed } from './observed.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

type Estimating = { readonly client: ClientSide; readonly estimateUsage: (observed: Observed) => Usage }

/** A whole answer of another format: collected, read as parts, written as the client's. */
export function createTranslatedAnswer(
  input: JsonAnswerInput,
  { client, estimateUsage }: Estimating,
  model: string,
): Answer {
  return collectJson((answered, saw) => {
    const { parts, said } = tidied(input.format, decoder.decode(answered), client)
    const { finishReason, usage } = foldParts(parts)
    const observed = saw({ usage, finishReason }, () => parts)
    if (!parts.some(isContentPart)) {
      const { followsResults } = client
      refuseEmpty(input.format, { finishReason: said, hasThought: parts.some(isSignedThought), followsResults })
    }
    const counted: StreamPart[] = !isCounted(usage) ? [{ type: 'usage', usage: estimateUsage(observed) }] : []
    const written = client.format.writeResponse([...parts, ...counted], answerContext(client, model, input.clock.now()))
    const { explanation } = input
    const body = encoder.encode(
      JSON.stringify(explanation === undefined ? written : { ...written, routing: explanation }),
    )
    const sink = input.owner.commit({ 'content-type': 'application/json', 'content-length': String(body.length) })
    sink.end(body)
    return { ...observed, firstPartAt: input.clock.monotonic() }
  })
}

type Tidied = {
  readonly parts: StreamPart[]
  /** In the upstream's own judgement, which need not fit the content. */
  readonly said: FinishReason | undefined
}

function tidied(format: WireFormat, text: string, { id, usedCallIds }: ClientSide): Tidied {
  let value: unknown
  try {
    value = parseAnswer(text)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is not JSON.', { cause })
  }
  if (!isJsonObject(value)) {
    throw new GatewayError('upstream_malformed', 'The model answered with JSON that is no object.')
  }
  const tidier = createTidier(id, usedCallIds())
  const read = format.readResponse(value)
  const end = read.findLast((part) => part.type === 'response-end')
  return { parts: [...tidier.push(read), ...tidier.end()], said: end?.finishReason }
}
