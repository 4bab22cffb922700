import type { JsonObject } from '../../core/json.ts'
import type { StreamPart, Usage } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { writeUsage } from './usage.ts'
import { writeArguments, writeCitation, writeFinish, writeLogprob } from './write-response.ts'

const EMPTY_MESSAGE = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }

/** Tidy parts as Cohere's events, blocks opened and closed. Text is content: whether calls follow is not known yet. */
export function createWriter(context: AnswerContext): StreamWriter {
  let usage: Usage | undefined
  let end: (StreamPart & { type: 'response-end' }) | undefined
  let hasStarted = false
  let blocks = 0
  let open: 'text' | 'thinking' | undefined
  let said = 0
  let citations = 0
  // The free text of a call, which has to become JSON as a whole.
  let free: string | undefined

  function event(type: string, members: JsonObject): WireEvent {
    return { event: type, data: JSON.stringify({ type, ...members }) }
  }

  function start(id: string): WireEvent[] {
    if (hasStarted) return []
    hasStarted = true
    const message = { id: id === '' ? context.id : id, type: 'message-start', delta: { message: EMPTY_MESSAGE } }
    return [{ event: 'message-start', data: JSON.stringify(message) }]
  }

  function close(): WireEvent[] {
    if (open === undefined) return []
    open = undefined
    return [event('content-end', { index: blocks++ })]
  }

  function say(kind: 'text' | 'thinking', text: string, rest: JsonObject): WireEvent[] {
    const events = open === kind ? [] : close()
    if (open === undefined) {
      open = kind
      const content = { type: kind, [kind]: '' }
      events.push(event('content-start', { index: blocks, delta: { message: { content } } }))
    }
    events.push(event('content-delta', { index: blocks, delta: { message: { content: { [kind]: text } } }, ...rest }))
    return events
  }

  function extendCall(index: number, text: string): WireEvent {
    const calls = { function: { arguments: text } }
    return event('tool-call-delta', { index, delta: { message: { tool_calls: calls } } })
  }

  function push(part: StreamPart): WireEvent[] {
    switch (part.type) {
      case 'response-start':
        return start(part.id)
      case 'text-delta':
      case 'refusal-delta': {
        said += part.text.length
        const logprobs = part.type === 'text-delta' ? part.logprobs?.map(writeLogprob) : undefined
        const [first, ...others] = logprobs ?? []
        const events = say('text', part.text, first === undefined ? {} : { logprobs: first })
        for (const logprob of others) events.push(...say('text', '', { logprobs: logprob }))
        return events
      }
      case 'reasoning-delta':
        return say('thinking', part.text, {})
      case 'reasoning-end':
        return open === 'thinking' ? close() : []
      case 'tool-call-start': {
        const { index, id, name } = part
        free = part.custom === true ? '' : undefined
        const calls = { id, type: 'function', function: { name, arguments: '' } }
        return [...close(), event('tool-call-start', { index, delta: { message: { tool_calls: calls } } })]
      }
      case 'tool-call-delta':
        if (free === undefined) return [extendCall(part.index, part.argumentsText)]
        free += part.argumentsText
        return []
      case 'tool-call-end': {
        const rest = free === undefined ? [] : [extendCall(part.index, writeArguments(free, true))]
        return [...rest, event('tool-call-end', { index: part.index })]
      }
      case 'citation': {
        const index = citations++
        const message = { citations: writeCitation(part, said) }
        return [event('citation-start', { index, delta: { message } }), event('citation-end', { index })]
      }
      case 'usage':
        usage = part.usage
        return []
      case 'response-end':
        end = part
        return []
      case 'text-signature':
      case 'media':
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
      const finish = writeFinish(end?.finishReason ?? 'stop', end?.stopSequence)
      const delta = { finish_reason: finish, ...(usage === undefined ? {} : { usage: writeUsage(usage) }) }
      return [...start(''), ...close(), event('message-end', { delta })]
    },
  }
}
