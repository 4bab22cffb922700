import type { SimulatedCall, SimulatedFormat } from '../format.ts'
import type { TextOrTokens } from '../text-or-tokens.ts'
import { countTokens } from '../text-or-tokens.ts'

export type EmbeddingInput = { readonly content: TextOrTokens; readonly dimensions: number }

/** A call for embeddings. */
export type EmbeddingsCall = SimulatedCall & {
  readonly inputs: readonly EmbeddingInput[]
  /** How the vectors are written, in the format's own words. */
  readonly encodings: readonly string[]
}

/** A format whose answers are vectors: it has no streams and no tools. */
export function embeddingsFormat(
  own: Pick<
    SimulatedFormat<EmbeddingsCall>,
    'id' | 'serves' | 'readModel' | 'readCall' | 'writeAnswer' | 'writeError' | 'errorHeaders'
  >,
): SimulatedFormat<EmbeddingsCall> {
  return {
    ...own,
    wordless: 'vectors',
    streamHeaders: {},
    writeStream: () => [],
    breakFrame: ({ data }) => data,
    writeStreamError: own.writeError,
  }
}

/** A call that has been checked. */
export function embeddingsCall(
  model: string,
  inputs: readonly EmbeddingInput[],
  encodings: readonly string[] = ['float'],
): EmbeddingsCall {
  return {
    model,
    inputs,
    encodings,
    isStreamed: false,
    includesUsage: true,
    maxTokens: undefined,
    stop: [],
    choices: 1,
    tools: [],
    toolChoice: 'none',
    allowsParallelCalls: false,
    shape: { type: 'text' },
    endsWithToolResult: false,
    earlierCalls: 0,
    promptTokens: inputs.reduce((sum, { content }) => sum + countTokens(content), 0),
  }
}
