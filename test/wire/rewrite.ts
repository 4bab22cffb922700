import { foldParts } from '../../src/core/fold.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import type { AnswerContext, WireEvent, WireFormat } from '../../src/core/wire-format.ts'
import type { ProviderCase } from './cases.ts'
import { decode, decodedOf, partsOf } from './decode.ts'

/** What an SDK read of an answer, in the words of none of them. */
export type Reread = {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[]
  readonly finish: string | undefined
  readonly input: number | undefined
  readonly output: number | undefined
}

export const CONTEXT: AnswerContext = {
  id: 'call-1',
  model: 'test/model',
  createdSeconds: 1_700_000_000,
  includeUsage: true,
}

/** The tidy parts of every case that is an answer and no error. */
export function answersOf(
  format: WireFormat,
  cases: readonly ProviderCase[],
): (readonly [string, readonly StreamPart[]])[] {
  return cases.flatMap((one) => {
    const isStream = one.mode === 'stream'
    if (one.status !== 200 || decode(format, one.bytes, isStream).error !== undefined) return []
    return [[`${one.id} ${one.name}`, partsOf(format, one.bytes, isStream)] as const]
  })
}

/** The parts as events of `format`. */
export function eventsOf(format: WireFormat, parts: readonly StreamPart[]): WireEvent[] {
  const writer = format.createWriter(CONTEXT)
  return [...parts.flatMap((part) => writer.push(part)), ...writer.end()]
}

/** What the parts say: an SDK that reads them in another form must find the same. */
export function saidBy(parts: readonly StreamPart[]): Omit<Reread, 'finish'> & { readonly finish: string } {
  const answer = foldParts(parts)
  const { calls, text, reasoning, usage } = decodedOf(answer)
  const refusal = answer.blocks.map((block) => (block.type === 'refusal' ? block.text : '')).join('')
  return {
    text: text + refusal,
    reasoning,
    calls: calls.map(({ id, name, argumentsText }) => ({ id, name, arguments: parsed(argumentsText) })),
    finish: answer.finishReason,
    input: usage?.inputTokens,
    output: usage?.outputTokens,
  }
}

/** Cut-off arguments stay text. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
