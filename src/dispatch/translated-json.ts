import { GatewayError } from '../core/errors.ts'
import { foldParts } from '../core/fold.ts'
import { isJsonObject } from '../core/json.ts'
import { appendMember } from '../core/json-edit.ts'
import { parseAnswer } from '../core/lossless-json.ts'
import type { FinishReason, StreamPart, Usage } from '../core/stream-part.ts'
import { isContentPart, isCounted } from '../core/stream-part.ts'
import { createTidier } from '../core/tidy-parts.ts'
import type { Answer } from './answer.ts'
import type { ClientSide } from './client-side.ts'
import { answerContext } from './client-side.ts'
import { isSignedThought, refuseEmpty } from './empty-answer.ts'
import type { JsonAnswerInput, Saw } from './json-answer.ts'
import { collectJson } from './json-answer.ts'
import type { Observed } from './observed.ts'
import type { Refine, Refined } from './refined-calls.ts'
import { addUsage, brokenOf, inPlace, noteRefined, refuseLeft } from './refined-calls.ts'
import type { HeldBack } from './settled-calls.ts'
import type { AnswerFormat } from './tools-as-asked.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()

export type Translating = {
  readonly client: ClientSide
  readonly model: string
  readonly estimateUsage: (observed: Observed) => Usage
  readonly refine?: Refine | undefined
}

export type WholeAnswer = JsonAnswerInput & { readonly format: AnswerFormat }

/** A whole answer of another format: collected, read as parts, written as the client's. */
export function createTranslatedAnswer(input: WholeAnswer, translating: Translating): Answer {
  return collectJson((answered, saw, signal) => translate(decoder.decode(answered), input, translating, saw, signal))
}

export function translate(
  text: string,
  input: WholeAnswer,
  translating: Translating,
  saw: Saw,
  signal: AbortSignal | undefined,
): Observed | Promise<Observed> {
  const { format } = input
  const read = format.readResponse(objectIn(text))
  const held = format.heldBack?.() ?? []
  const { refine } = translating
  if (held.length === 0 || refine === undefined) return write(read, input, translating, saw)
  return refine(brokenOf(held), signal).then((refined) => {
    refuseLeft(signal)
    noteRefined(format, held, refined)
    return write([...read, ...better(read, held, refined)], input, translating, saw)
  })
}

/** The calls that were held, and what all of it took. */
function better(read: readonly StreamPart[], held: HeldBack, refined: Refined): StreamPart[] {
  const first = read.findLast((part) => part.type === 'usage')?.usage
  const usage = addUsage(first, refined.usage)
  return [...inPlace(held, refined), ...(usage === undefined ? [] : [{ type: 'usage' as const, usage }])]
}

function write(
  read: readonly StreamPart[],
  input: WholeAnswer,
  { client, estimateUsage, model }: Translating,
  saw: Saw,
): Observed {
  const tidier = createTidier(client.id, client.usedCallIds())
  const parts = [...tidier.push(read), ...tidier.end()]
  client.watch?.(parts)
  const { finishReason, usage } = foldParts(parts)
  const { callOutcomes } = input.format
  const observed = { ...saw({ usage, finishReason }, () => parts), callOutcomes }
  if (!parts.some(isContentPart)) {
    const { followsResults } = client
    const silence = { finishReason: saidIn(read), hasThought: parts.some(isSignedThought), followsResults }
    refuseEmpty(input.format, silence, input.emptiness)
  }
  const counted: StreamPart[] = !isCounted(usage) ? [{ type: 'usage', usage: estimateUsage(observed) }] : []
  const written = client.format.writeResponse([...parts, ...counted], answerContext(client, model, input.clock.now()))
  const { explanation } = input
  const text = JSON.stringify(written)
  const passed = encoder.encode(client.guard?.whole(text) ?? text)
  const body = explanation === undefined ? passed : appendMember(passed, 'routing', explanation)
  const sink = input.owner.commit({ 'content-type': 'application/json', 'content-length': String(body.length) })
  sink.end(body)
  return { ...observed, firstPartAt: input.clock.monotonic() }
}

/** Why the answer ended in the upstream's own judgement, which need not fit the content. */
function saidIn(read: readonly StreamPart[]): FinishReason | undefined {
  return read.findLast((part) => part.type === 'response-end')?.finishReason
}

function objectIn(text: string): Record<string, never> {
  let value: unknown
  try {
    value = parseAnswer(text)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The model answered with something that is not JSON.', { cause })
  }
  if (!isJsonObject(value)) {
    throw new GatewayError('upstream_malformed', 'The model answered with JSON that is no object.')
  }
  return value as Record<string, never>
}
