import type { Decision } from '../core/decision.ts'
import { GatewayError } from '../core/errors.ts'
import type { AnswerGuard } from '../core/guard.ts'
import type { JsonObject } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { appendMember } from '../core/json-edit.ts'
import type { Clock } from '../core/ports.ts'
import { refuseFailed } from '../core/refuse-failed.ts'
import type { StreamPart } from '../core/stream-part.ts'
import type { WireFormat } from '../core/wire-format.ts'
import type { Answer, Committing } from './answer.ts'
import type { Emptiness } from './empty-answer.ts'
import { refuseEmpty } from './empty-answer.ts'
import type { Ending, Observed } from './observed.ts'
import type { AnswerFormat } from './tools-as-asked.ts'
import type { Translating } from './translated-json.ts'
import { translate } from './translated-json.ts'

const decoder = new TextDecoder()
const encoder = new TextEncoder()
const MAX_BYTES = 64 * 1024 * 1024

export type JsonAnswerInput = {
  readonly format: WireFormat
  readonly contentType: string | undefined
  readonly clock: Clock
  readonly owner: Committing
  /** The client's conversation ends with results of tools. */
  readonly followsResults: boolean
  readonly explanation: Decision | undefined
  readonly emptiness: Emptiness
  readonly guard?: AnswerGuard | undefined
}

/**
 * A whole answer: collected within bounds, checked, then forwarded byte for byte; written anew where one of its calls had to
 * be `mended`.
 */
export function createJsonAnswer(
  input: JsonAnswerInput,
  mended?: Translating & { readonly format: AnswerFormat },
): Answer {
  return collectJson((answered, saw, signal) => {
    const value = parse(answered)
    const summary = input.format.summarizeResponse(value)
    if (mended !== undefined && hasMended(mended.format, value)) {
      return translate(decoder.decode(answered), { ...input, format: mended.format }, mended, saw, signal)
    }
    const observed = saw(summary, () => input.format.readResponse(value))
    const { finishReason, hasContent } = summary
    refuseFailed(finishReason)
    if (!hasContent) {
      const { followsResults, emptiness } = input
      refuseEmpty(input.format, { finishReason, hasThought: false, followsResults }, emptiness)
    }
    const { explanation, guard } = input
    const passed = guard === undefined ? answered : guarded(answered, guard)
    const body = explanation === undefined ? passed : appendMember(passed, 'routing', explanation)
    const sink = input.owner.commit({
      'content-type': input.contentType ?? 'application/json',
      'content-length': String(body.length),
    })
    sink.end(body)
    return { ...observed, callOutcomes: mended?.format.callOutcomes, firstPartAt: input.clock.monotonic() }
  })
}

function guarded(answered: Uint8Array, guard: AnswerGuard): Uint8Array {
  const text = decoder.decode(answered)
  const passed = guard.whole(text)
  return passed === text ? answered : encoder.encode(passed)
}

/** True where a call has to be written in another way than it came. Several choices are no one's to mend. */
function hasMended(format: AnswerFormat, value: JsonObject): boolean {
  const { choices } = value
  if (Array.isArray(choices) && choices.length > 1) return false
  const hasCalls = readsCalls(format, value)
  return hasCalls && (format.rewritesCalls === true || format.callOutcomes?.includes('repaired') === true)
}

/**
 * Collects a body within bounds; `answered` makes an answer of it, or throws. What it `saw` counts even then: an answer
 * that is no good may have been paid for.
 */
export function collectJson(
  answered: (body: Uint8Array, saw: Saw, signal: AbortSignal | undefined) => Observed | Promise<Observed>,
): Answer {
  const chunks: Uint8Array[] = []
  let bytes = 0
  let seen: Observed | undefined
  return {
    isCommitted: () => false,
    push(chunk) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MAX_BYTES) {
        throw new GatewayError('upstream_too_large', `The model's answer is larger than ${MAX_BYTES} bytes.`)
      }
    },
    finish: (signal) =>
      answered(
        join(chunks, bytes),
        (ending, parts) => {
          seen = { events: 1, firstPartAt: undefined, ending: () => ending, sample: () => sampleOf(parts) }
          return seen
        },
        signal,
      ),
    observe: () => seen,
    breakOff() {
      throw new GatewayError('internal_error', 'A whole answer cannot break: it is sent in one piece.')
    },
  }
}

export type Saw = (ending: Ending, parts: () => readonly StreamPart[]) => Observed

function sampleOf(parts: () => readonly StreamPart[]): readonly (readonly StreamPart[])[] {
  try {
    return [parts()]
  } catch {
    // It was passed on for what it was: several choices, say, have no parts of one answer.
    return []
  }
}

/** A whole answer to a request for a stream: an error object, or a server that ignores `stream`. Never passed on. */
export function createMisfitAnswer(
  input: Pick<JsonAnswerInput, 'format' | 'clock' | 'contentType' | 'emptiness'>,
): Answer {
  return createJsonAnswer({ ...input, explanation: undefined, followsResults: false, owner: NOBODY })
}

const NOBODY: Committing = {
  commit() {
    throw new GatewayError('upstream_malformed', 'The model sent a whole answer where a stream was asked for.')
  },
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

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const joined = new Uint8Array(bytes)
  let offset = 0
  for (const chunk of chunks) {
    joined.set(chunk, offset)
    offset += chunk.length
  }
  return joined
}

/** What cannot be read as parts is passed on for what it is. */
function readsCalls(format: AnswerFormat, value: JsonObject): boolean {
  try {
    return format.readResponse(value).some(({ type }) => type === 'tool-call-start')
  } catch {
    return false
  }
}
