import { foldParts } from '../../src/core/fold.ts'
import type { FinishReason, StreamPart } from '../../src/core/stream-part.ts'

/** What an answer amounts to for whoever asked, in the words of no format. */
export type Said = {
  /** Refusals too: some formats have no other place for them. */
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly Call[]
  readonly finish: FinishReason
  readonly usage: Counts | undefined
}

/** `input`: the arguments as a value; as text where they are no JSON. */
export type Call = {
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** Free text by the tool's own contract. */
  readonly custom?: true
}

/** Tokens, by the meanings of core/stream-part.ts. Silence is zero. */
export type Counts = {
  readonly input: number
  readonly cached: number
  readonly written: number
  readonly output: number
  readonly reasoning: number
}

/** What the parts say. */
export function saidBy(parts: readonly StreamPart[]): Said {
  const { blocks, finishReason, usage } = foldParts(parts)
  return {
    text: blocks.map((block) => (block.type === 'text' || block.type === 'refusal' ? block.text : '')).join(''),
    reasoning: blocks.map((block) => (block.type === 'reasoning' ? block.text : '')).join(''),
    calls: blocks.flatMap((block) => {
      if (block.type !== 'tool-call') return []
      const { id, name, argumentsText, custom } = block
      return custom === true
        ? [{ id, name, input: argumentsText, custom }]
        : [{ id, name, input: jsonOr(argumentsText) }]
    }),
    finish: finishReason,
    usage: usage && {
      input: usage.inputTokens ?? 0,
      cached: usage.cachedInputTokens ?? 0,
      written: usage.cacheWriteTokens ?? 0,
      output: usage.outputTokens ?? 0,
      reasoning: usage.reasoningTokens ?? 0,
    },
  }
}

/** The value of a JSON text; the text itself where it is none. */
export function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The word for a finish, from a table of the format's words. Throws for one that the table does not have. */
export function finishOf(table: Readonly<Record<string, FinishReason>>, word: string | null | undefined): FinishReason {
  const finish = table[word ?? '']
  if (finish === undefined) throw new Error(`An SDK read the finish ${word}, which the format does not have.`)
  return finish
}

/** Calls as formats have them that know functions alone: free text is the one member of an object. */
export function asFunctions(calls: readonly Call[]): Call[] {
  return calls.map(({ id, name, input, custom }) => ({ id, name, input: custom === true ? { input } : input }))
}

/** The same where arguments are objects, not their text: what is none is kept within one (design/tool-calling.md §1.3). */
export function asObjects(calls: readonly Call[]): Call[] {
  return asFunctions(calls).map((call) =>
    typeof call.input === 'string' ? { ...call, input: { rawInvalidInput: call.input } } : call,
  )
}

export const NO_COUNTS: Counts = { input: 0, cached: 0, written: 0, output: 0, reasoning: 0 }
