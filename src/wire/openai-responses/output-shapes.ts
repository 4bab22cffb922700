import type { JsonObject } from '../../core/json.ts'
import type { FinishReason, Usage } from '../../core/stream-part.ts'
import type { AnswerContext } from '../../core/wire-format.ts'
import { writeServiceTier } from '../shared/service-tier.ts'
import { writeUsage } from './usage.ts'

// The objects of an answer: the response, its items, their parts. https://platform.openai.com/docs/api-reference/responses/object

export type Status = 'in_progress' | 'completed' | 'incomplete'
type Spoken = 'output_text' | 'refusal'
export type Open =
  | { readonly type: 'message'; readonly id: string; readonly content: JsonObject[]; part: OpenPart | undefined }
  | { readonly type: 'reasoning'; readonly id: string; text: string }
  | {
      readonly type: 'call'
      readonly id: string
      readonly callId: string
      readonly name: string
      readonly isCustom: boolean
      text: string
      isCut: boolean
    }
export type OpenPart = {
  readonly type: Spoken
  text: string
  readonly annotations: JsonObject[]
  readonly logprobs: JsonObject[]
}

/** Why an answer is incomplete; nothing for one that is whole. */
export const CAUSES: Partial<Record<FinishReason, string>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
}

type Envelope = {
  readonly id: string
  readonly status: Status
  readonly output: readonly JsonObject[]
  readonly usage: Usage | undefined
  readonly finish: FinishReason
}

/** Members that the format requires; those about the request say what this gateway does of itself: it keeps nothing. */
export function writeEnvelope(context: AnswerContext, { id, status, output, usage, finish }: Envelope): JsonObject {
  const cause = status === 'incomplete' ? CAUSES[finish] : undefined
  return {
    id,
    object: 'response',
    created_at: context.createdSeconds,
    status,
    background: false,
    error: null,
    incomplete_details: cause === undefined ? null : { reason: cause },
    instructions: null,
    max_output_tokens: null,
    model: context.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    ...writeServiceTier(usage),
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: usage === undefined || status === 'in_progress' ? null : writeUsage(usage),
    user: null,
    metadata: {},
  }
}

export function writeItem(item: Open, status: Status): JsonObject {
  switch (item.type) {
    case 'message':
      return { id: item.id, type: 'message', status, role: 'assistant', content: [...item.content] }
    case 'reasoning':
      return {
        id: item.id,
        type: 'reasoning',
        summary: item.text === '' ? [] : [{ type: 'summary_text', text: item.text }],
      }
    case 'call': {
      const { id, callId: call_id, name, text } = item
      if (item.isCustom) return { id, type: 'custom_tool_call', status, call_id, name, input: text }
      return { id, type: 'function_call', status, call_id, name, arguments: text }
    }
    default: {
      const unhandled: never = item
      return unhandled
    }
  }
}

export function writePart({ type, text, annotations, logprobs }: OpenPart): JsonObject {
  return type === 'refusal'
    ? { type, refusal: text }
    : { type, text, annotations: [...annotations], logprobs: [...logprobs] }
}
