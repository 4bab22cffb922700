import type { ReasoningPart, TextPart, ToolCallPart } from '../../src/core/content.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { ChatAnswer } from '../../src/core/fold.ts'
import { foldParts } from '../../src/core/fold.ts'
import { isJsonObject } from '../../src/core/json.ts'
import { parseAnswer } from '../../src/core/lossless-json.ts'
import type { StreamPart, Usage } from '../../src/core/stream-part.ts'
import { createTidier } from '../../src/core/tidy-parts.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { withToolsAsAsked } from '../../src/dispatch/tools-as-asked.ts'
import { createDeframer } from '../../src/stream/deframe.ts'

/** What an upstream's bytes amount to. */
export type Decoded = {
  readonly calls: readonly { readonly id: string; readonly name: string; readonly argumentsText: string }[]
  readonly text: string
  readonly reasoning: string
  readonly finish: string | undefined
  readonly usage: Usage | undefined
  readonly error: string | undefined
}

/** The parts of a body as dispatch reads it: deframed, read, tidied. `cut`: bytes of one network read. */
export function partsOf(spoken: WireFormat, bytes: Uint8Array, isStream: boolean, cut = bytes.length): StreamPart[] {
  const format = withToolsAsAsked(spoken, {})
  const tidier = createTidier('test')
  if (!isStream) {
    const value = parseAnswer(new TextDecoder().decode(bytes))
    if (!isJsonObject(value)) throw new Error('The case is no JSON object.')
    return [...tidier.push(format.readResponse(value)), ...tidier.end()]
  }
  const deframer = createDeframer(format.framing, 8 * 1024 * 1024)
  const reader = format.createReader()
  const parts: StreamPart[] = []
  const read = (events: ReturnType<typeof deframer.push>): void => {
    for (const event of events) parts.push(...tidier.push(reader.push(event)))
  }
  for (let start = 0; start < bytes.length; start += Math.max(1, cut))
    read(deframer.push(bytes.slice(start, start + cut)))
  read(deframer.end())
  parts.push(...tidier.push(reader.end()), ...tidier.end())
  return parts
}

/** The same as one answer; a failure that dispatch would report is a result too. */
export function decode(format: WireFormat, bytes: Uint8Array, isStream: boolean, cut?: number): Decoded {
  try {
    return decodedOf(foldParts(partsOf(format, bytes, isStream, cut)))
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    return { calls: [], text: '', reasoning: '', finish: undefined, usage: undefined, error: thrown.code }
  }
}

export function decodedOf({ blocks, finishReason, usage }: ChatAnswer): Decoded {
  const calls = blocks.filter((block): block is ToolCallPart => block.type === 'tool-call')
  const texts = blocks.filter((block): block is TextPart => block.type === 'text')
  const thoughts = blocks.filter((block): block is ReasoningPart => block.type === 'reasoning')
  return {
    calls: calls.map(({ id, name, argumentsText }) => ({ id, name, argumentsText })),
    text: texts.map(({ text }) => text).join(''),
    reasoning: thoughts.map(({ text }) => text).join(''),
    finish: finishReason,
    usage,
    error: undefined,
  }
}
