import type { ReasoningPart, RefusalPart, TextPart, ToolCallPart } from './content.ts'
import type { Citation, FinishReason, StreamPart, TokenLogprob, Usage } from './stream-part.ts'

/** A medium in an answer, in base64. */
export type MediaBlock = {
  readonly type: 'media'
  readonly mediaType: string
  readonly data: string
  readonly transcript?: string | undefined
}

/** A call; one in the middle of which the answer was cut must not be executed. */
export type CallBlock = ToolCallPart & { readonly isCut?: boolean | undefined }

export type AnswerBlock = TextPart | RefusalPart | ReasoningPart | CallBlock | MediaBlock

/** A whole answer: its blocks in the order in which they were said. */
export type ChatAnswer = {
  readonly id: string
  readonly model: string
  readonly blocks: readonly AnswerBlock[]
  readonly citations: readonly Citation[]
  readonly logprobs: readonly TokenLogprob[] | undefined
  readonly usage: Usage | undefined
  readonly finishReason: FinishReason
  readonly raw: string | undefined
  readonly stopSequence: string | undefined
}

type Building<Block> = { -readonly [Key in keyof Block]: Block[Key] }

/** The one object a list of tidy parts amounts to (tidy-parts.ts). Deltas of one kind in a row are one block. */
export function foldParts(parts: readonly StreamPart[]): ChatAnswer {
  const blocks: Building<AnswerBlock>[] = []
  const citations: Citation[] = []
  let logprobs: TokenLogprob[] | undefined
  let id = ''
  let model = ''
  let usage: Usage | undefined
  let end: (StreamPart & { type: 'response-end' }) | undefined
  // The block of reasoning whose end has not come.
  let thought: Building<ReasoningPart> | undefined

  function reasoning(): Building<ReasoningPart> {
    if (thought !== undefined) return thought
    const begun: Building<ReasoningPart> = { type: 'reasoning', text: '' }
    blocks.push(begun)
    thought = begun
    return begun
  }

  for (const part of parts) {
    const last = blocks.at(-1)
    switch (part.type) {
      case 'response-start':
        id = part.id
        model = part.model
        break
      case 'text-delta':
        if (last?.type === 'text' && last.signature === undefined) last.text += part.text
        else if (part.text !== '') blocks.push({ type: 'text', text: part.text })
        if (part.logprobs !== undefined) logprobs = [...(logprobs ?? []), ...part.logprobs]
        break
      case 'text-signature':
        if (last?.type === 'text') last.signature = part.signature
        else blocks.push({ type: 'text', text: '', signature: part.signature })
        break
      case 'refusal-delta':
        if (last?.type === 'refusal') last.text += part.text
        else blocks.push({ type: 'refusal', text: part.text })
        break
      case 'reasoning-delta':
        reasoning().text += part.text
        break
      case 'reasoning-end': {
        const block = reasoning()
        if (part.signature !== undefined) block.signature = part.signature
        if (part.redacted !== undefined) block.redacted = part.redacted
        if (part.id !== undefined) block.id = part.id
        thought = undefined
        break
      }
      case 'tool-call-start': {
        const { id: callId, name, custom, signature } = part
        blocks.push({
          type: 'tool-call',
          id: callId,
          name,
          argumentsText: '',
          ...(custom === undefined ? {} : { custom }),
          ...(signature === undefined ? {} : { signature }),
        })
        break
      }
      case 'tool-call-delta':
        if (last?.type === 'tool-call') last.argumentsText += part.argumentsText
        break
      case 'media':
        blocks.push({ ...part })
        break
      case 'citation': {
        const { type: _, ...citation } = part
        citations.push(citation)
        break
      }
      case 'usage':
        usage = part.usage
        break
      case 'response-end':
        end = part
        break
      case 'tool-call-end':
        if (last?.type === 'tool-call' && part.isCut === true) last.isCut = true
        break
      case 'response-error':
        break
      default: {
        const unhandled: never = part
        return unhandled
      }
    }
    if (part.type !== 'reasoning-delta' && part.type !== 'usage') thought = undefined
  }
  return {
    id,
    model,
    blocks,
    citations,
    logprobs,
    usage,
    finishReason: end?.finishReason ?? 'other',
    raw: end?.raw,
    stopSequence: end?.stopSequence,
  }
}
