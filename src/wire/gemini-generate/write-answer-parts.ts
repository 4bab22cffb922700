import type { ToolCallPart } from '../../core/content.ts'
import type { AnswerBlock, ChatAnswer, MediaBlock } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { TokenLogprob } from '../../core/stream-part.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { compact } from '../shared/read-json.ts'
import { writeSignature, writeThoughtSignature } from './signatures.ts'

/** One block of an answer as the parts a client of this format gets. */
export function writeBlocks(block: AnswerBlock): JsonObject[] {
  return block.type === 'media' ? writeMedia(block) : [writeBlock(block)]
}

/** A medium, and what is said in it as the text that it is. In a stream the two come apart. */
function writeMedia({ mediaType, data, transcript }: MediaBlock): JsonObject[] {
  const medium = data === '' ? [] : [{ inlineData: { mimeType: mediaType, data } }]
  return transcript === undefined || transcript === '' ? medium : [...medium, { text: transcript }]
}

export function writeBlock(block: Exclude<AnswerBlock, MediaBlock>): JsonObject {
  switch (block.type) {
    case 'text':
      return { text: block.text, ...writeSignature(block.signature) }
    case 'refusal':
      return { text: block.text }
    case 'reasoning':
      return { text: block.text, thought: true, ...writeThoughtSignature(block) }
    case 'tool-call':
      return writeCall(block)
    default: {
      const unhandled: never = block
      return unhandled
    }
  }
}

function writeCall({ id, name, argumentsText, custom, signature }: ToolCallPart): JsonObject {
  const args = custom === true ? { input: argumentsText } : objectArguments(argumentsText)
  return { functionCall: { id, name, args }, ...writeSignature(signature) }
}

/** Where the answer comes from, as a candidate's member. */
export function writeCitations(citations: ChatAnswer['citations']): JsonObject {
  if (citations.length === 0) return {}
  const groundingChunks = citations.map(({ url, title }) => ({ web: compact({ uri: url, title }) }))
  return { groundingMetadata: { groundingChunks } }
}

export function writeLogprobs(logprobs: readonly TokenLogprob[] | undefined): JsonObject {
  if (logprobs === undefined) return {}
  const write = ({ token, logprob }: Pick<TokenLogprob, 'token' | 'logprob'>): JsonObject => ({
    token,
    logProbability: logprob,
  })
  return {
    logprobsResult: {
      chosenCandidates: logprobs.map(write),
      topCandidates: logprobs.map(({ top }) => ({ candidates: top.map(write) })),
    },
  }
}
