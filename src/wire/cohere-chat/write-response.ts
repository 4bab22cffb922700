import type { ChatAnswer } from '../../core/fold.ts'
import { foldParts } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { FinishReason, StreamPart, TokenLogprob } from '../../core/stream-part.ts'
import type { AnswerContext } from '../../core/wire-format.ts'
import { writeUsage } from './usage.ts'

/** Tidy parts as one answer. What is said before calls is their plan. */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const answer = foldParts(parts)
  const { id, usage, logprobs, finishReason, stopSequence } = answer
  return {
    id: id === '' ? context.id : id,
    message: writeMessage(answer),
    finish_reason: writeFinish(finishReason, stopSequence),
    ...(usage === undefined ? {} : { usage: writeUsage(usage) }),
    ...(logprobs === undefined ? {} : { logprobs: logprobs.map(writeLogprob) }),
  }
}

function writeMessage({ blocks, citations }: ChatAnswer): JsonObject {
  const content: JsonObject[] = []
  const calls: JsonObject[] = []
  let said = ''
  for (const block of blocks) {
    if (block.type === 'reasoning' && block.text !== '') content.push({ type: 'thinking', thinking: block.text })
    else if (block.type === 'text' || block.type === 'refusal') said += block.text
    else if (block.type === 'tool-call') {
      const called = { name: block.name, arguments: writeArguments(block.argumentsText, block.custom) }
      calls.push({ id: block.id, type: 'function', function: called })
    }
  }
  if (calls.length === 0 && said !== '') content.push({ type: 'text', text: said })
  const cited = citations.map((citation) => writeCitation(citation, said.length))
  return {
    role: 'assistant',
    ...(content.length === 0 && calls.length > 0 ? {} : { content }),
    ...(calls.length > 0 && said !== '' ? { tool_plan: said } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(cited.length === 0 ? {} : { citations: cited }),
  }
}

/** Free text as the JSON that such a tool is declared to take here. */
export function writeArguments(text: string, custom: boolean | undefined): string {
  return custom === true ? JSON.stringify({ input: text }) : text
}

export function writeFinish(finishReason: FinishReason, stopSequence: string | undefined): string {
  return finishReason === 'stop' && stopSequence !== undefined ? 'STOP_SEQUENCE' : FINISH_REASONS[finishReason]
}

const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'ERROR',
  error: 'ERROR',
  other: 'COMPLETE',
}

/** Which words are meant is not known any more: the citation stands at the end of what was said before it. */
export function writeCitation(
  { url, title }: { readonly url: string; readonly title: string | undefined },
  at: number,
): JsonObject {
  const document = { id: url, url, ...(title === undefined ? {} : { title }) }
  return { start: at, end: at, text: '', sources: [{ type: 'document', id: url, document }], type: 'TEXT_CONTENT' }
}

export function writeLogprob({ token, logprob }: TokenLogprob): JsonObject {
  return { text: token, token_ids: [], logprobs: [logprob] }
}
