import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { StreamPart } from '../../core/stream-part.ts'
import type { StreamReader } from '../../core/wire-format.ts'
import { objectOf, objectsOf, parseEvent, textOf } from '../shared/read-json.ts'
import { readErrorBody } from './errors.ts'
import type { OutputItems } from './output-items.ts'
import { createOutputItems } from './output-items.ts'
import { createPlaces } from './places-in-output.ts'
import { readFinish, readStart, TERMINAL, throwError } from './read-response.ts'

/**
 * Reads the events of a response, by their own `type` and not by the SSE event name. Progress of the provider's own tools
 * (`response.web_search_call.searching`, …) and events yet unknown are read past.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function createReader(): StreamReader {
  let items = createOutputItems()
  let places = createPlaces()

  return {
    push({ data }) {
      // Not OpenAI's, but xAI and LM Studio send it.
      if (data === '[DONE]') return []
      const event = parseEvent(data)
      if (event['type'] === 'response.created') {
        items = createOutputItems()
        places = createPlaces()
      }
      return readEvent(event, places.keyOf(event), items)
    },
    end: () => [],
    isAtWork: () => items.hasOwnTools(),
  }
}

function readEvent(event: JsonObject, key: string, items: OutputItems): StreamPart[] {
  const type = textOf(event['type'])
  if (type === 'error' || (type === undefined && (event['error'] ?? null) !== null)) {
    throw readErrorBody(undefined, {}, event)
  }
  if (type === undefined) {
    throw new GatewayError('upstream_malformed', 'The model sent an event without a type.')
  }
  if (TERMINAL.has(type)) {
    // Perplexity says why an answer failed beside the response, and not in it.
    throwError(event)
    return readTerminal(type, objectOf(event['response']), items)
  }
  const delta = textOf(event['delta']) ?? ''
  switch (type) {
    case 'response.created':
    case 'response.queued':
    case 'response.in_progress':
      return readStart(objectOf(event['response']))
    case 'response.output_item.added':
      return items.begin(key, objectOf(event['item']))
    case 'response.output_item.done':
      return items.finish(key, objectOf(event['item']))
    case 'response.output_text.delta':
      return items.say(key, 'text', at(event, 'content_index'), delta, event['logprobs'])
    case 'response.output_text.done':
      return items.complete(key, 'text', at(event, 'content_index'), textOf(event['text']) ?? '', event['logprobs'])
    case 'response.output_text.annotation.added':
      return items.cite(key, objectOf(event['annotation']))
    case 'response.refusal.delta':
      return items.say(key, 'refusal', at(event, 'content_index'), delta)
    case 'response.refusal.done':
      return items.complete(key, 'refusal', at(event, 'content_index'), textOf(event['refusal']) ?? '')
    case 'response.reasoning_summary_text.delta':
      return items.say(key, 'summary', at(event, 'summary_index'), delta)
    case 'response.reasoning_summary_text.done':
      return items.complete(key, 'summary', at(event, 'summary_index'), textOf(event['text']) ?? '')
    case 'response.reasoning_text.delta':
      return items.say(key, 'reasoning', at(event, 'content_index'), delta)
    case 'response.reasoning_text.done':
      return items.complete(key, 'reasoning', at(event, 'content_index'), textOf(event['text']) ?? '')
    case 'response.function_call_arguments.delta':
    case 'response.custom_tool_call_input.delta':
      return items.extendCall(key, delta)
    case 'response.function_call_arguments.done':
    case 'response.custom_tool_call_input.done':
      return items.completeCall(key, textOf(event['arguments'] ?? event['input']) ?? '')
    default:
      return []
  }
}

/** A server that sent no items before has them all in its last event. */
function readTerminal(type: string, response: JsonObject, items: OutputItems): StreamPart[] {
  throwError(response)
  const missed = items.hasItems()
    ? []
    : objectsOf(response['output']).flatMap((item, index) => items.finish(String(index), item))
  const status = response['status'] ?? type.slice('response.'.length)
  return [...missed, ...readFinish({ ...response, status }, items.hasCalls())]
}

function at(event: JsonObject, member: string): number {
  const place = event[member]
  return typeof place === 'number' ? place : 0
}
