import { foldParts } from '../../core/fold.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { FinishReason, StreamPart, Usage } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { writeUsage } from '../openai-chat/usage.ts'

// A completion knows text alone. Reasoning is left out; a refusal is what the model said. Nothing else was asked for.

const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'stop',
  'content-filter': 'content_filter',
  error: 'error',
  other: 'stop',
}

/** Tidy parts as one `text_completion`. */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const { blocks, id, finishReason, usage } = foldParts(parts)
  const text = blocks.flatMap((block) => (block.type === 'text' || block.type === 'refusal' ? [block.text] : []))
  return {
    ...head(id === '' ? `cmpl-${context.id}` : id, context),
    choices: [choice(text.join(''), FINISH_REASONS[finishReason])],
    ...(usage === undefined ? {} : { usage: writeUsage(usage) }),
  }
}

/** Tidy parts as `text_completion` events: the text as it comes, one finish, usage if asked, `[DONE]`. */
export function createWriter(context: AnswerContext): StreamWriter {
  let id = `cmpl-${context.id}`
  let finish = 'stop'
  let usage: Usage | undefined

  function event(choices: readonly JsonObject[], rest: JsonObject = {}): WireEvent {
    return { event: undefined, data: JSON.stringify({ ...head(id, context), choices, ...rest }) }
  }

  return {
    push(part) {
      switch (part.type) {
        case 'response-start':
          if (part.id !== '') id = part.id
          return []
        case 'text-delta':
        case 'refusal-delta':
          return part.text === '' ? [] : [event([choice(part.text, null)])]
        case 'usage':
          usage = part.usage
          return []
        case 'response-end':
          finish = FINISH_REASONS[part.finishReason]
          return []
        default:
          return []
      }
    },
    end() {
      const events = [event([choice('', finish)])]
      if (context.includeUsage && usage !== undefined) events.push(event([], { usage: writeUsage(usage) }))
      return [...events, { event: undefined, data: '[DONE]' }]
    },
  }
}

function head(id: string, { createdSeconds, model }: AnswerContext): JsonObject {
  return { id, object: 'text_completion', created: createdSeconds, model }
}

function choice(text: string, finishReason: JsonValue): JsonObject {
  return { text, index: 0, logprobs: null, finish_reason: finishReason }
}
