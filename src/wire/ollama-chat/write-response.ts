import { foldParts } from '../../core/fold.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart, TokenLogprob, Usage } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { customArguments } from '../shared/custom-as-function.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { writeUsage } from './usage.ts'

/** Tidy parts as one answer. Durations are left out: they are not known. */
export function writeResponse(parts: readonly StreamPart[], context: AnswerContext): JsonObject {
  const { blocks, logprobs, usage, finishReason } = foldParts(parts)
  let content = ''
  let thinking = ''
  const images: string[] = []
  const calls: JsonObject[] = []
  for (const block of blocks) {
    if (block.type === 'text' || block.type === 'refusal') content += block.text
    else if (block.type === 'reasoning') thinking += block.text
    else if (block.type === 'media') images.push(block.data)
    else calls.push(writeCall({ ...block, index: calls.length }))
  }
  const message = {
    role: 'assistant',
    content,
    ...(thinking === '' ? {} : { thinking }),
    ...(images.length === 0 ? {} : { images }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
  const rest = logprobs === undefined ? {} : { logprobs: logprobs.map(writeLogprob) }
  return { ...head(context), message, ...rest, ...writeEnd(finishReason, usage) }
}

/** Tidy parts as lines: a call is one line, complete; the last one says why it is the last. */
export function createWriter(context: AnswerContext): StreamWriter {
  const start = head(context)
  let usage: Usage | undefined
  let end: (StreamPart & { type: 'response-end' }) | undefined
  let call: Calling | undefined

  function line(message: JsonObject, rest: JsonObject = {}): WireEvent[] {
    const body = { ...start, message: { role: 'assistant', content: '', ...message }, ...rest, done: false }
    return [{ event: undefined, data: JSON.stringify(body) }]
  }

  function push(part: StreamPart): WireEvent[] {
    switch (part.type) {
      case 'text-delta':
        return line(
          { content: part.text },
          part.logprobs === undefined ? {} : { logprobs: part.logprobs.map(writeLogprob) },
        )
      case 'refusal-delta':
        return line({ content: part.text })
      case 'reasoning-delta':
        return line({ thinking: part.text })
      case 'media':
        return line({ images: [part.data] })
      case 'tool-call-start':
        call = { ...part, argumentsText: '' }
        return []
      case 'tool-call-delta':
        if (call !== undefined) call = { ...call, argumentsText: call.argumentsText + part.argumentsText }
        return []
      case 'tool-call-end':
        return call === undefined ? [] : line({ tool_calls: [writeCall(call)] })
      case 'usage':
        usage = part.usage
        return []
      case 'response-end':
        end = part
        return []
      case 'response-start':
      case 'reasoning-end':
      case 'text-signature':
      case 'citation':
      case 'response-error':
        return []
      default: {
        const unhandled: never = part
        return unhandled
      }
    }
  }

  return {
    push,
    end() {
      const message = { role: 'assistant', content: '' }
      const body = { ...start, message, ...writeEnd(end?.finishReason ?? 'stop', usage) }
      return [{ event: undefined, data: JSON.stringify(body) }]
    },
  }
}

type Calling = {
  readonly index: number
  readonly id: string
  readonly name: string
  readonly argumentsText: string
  readonly custom?: boolean | undefined
}

function writeCall({ index, id, name, argumentsText, custom }: Calling): JsonObject {
  const given = custom === true ? customArguments(argumentsText) : objectArguments(argumentsText)
  return { id, function: { index, name, arguments: given } }
}

function head({ model, createdSeconds }: AnswerContext): JsonObject {
  return { model, created_at: new Date(createdSeconds * 1_000).toISOString() }
}

/** Calls are no reason of their own here. */
function writeEnd(finishReason: string, usage: Usage | undefined): JsonObject {
  return { done: true, done_reason: finishReason === 'length' ? 'length' : 'stop', ...writeUsage(usage) }
}

function writeLogprob({ token, logprob, top }: TokenLogprob): JsonObject {
  return { token, logprob, ...(top.length === 0 ? {} : { top_logprobs: top.map((other) => ({ ...other })) }) }
}
