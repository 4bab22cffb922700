import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { Rejection, SimulatedCall } from '../format.ts'
import { listOf, memberOf, numberOf, objectsOf, stringsOf, textOf } from '../read-json.ts'
import { any, either, findProblem, flag, list, map, open, record, text } from '../shape.ts'
import { invalid, invalidShape } from './rejection.ts'

/** https://github.com/ollama/ollama/blob/main/api/types.go: `ToolProperty`. */
const property = open({ type: either(text, list(text)), description: text, enum: list(any), anyOf: list(map) })

// Go's decoder: members it does not know are left out, `null` is nothing, and a wrong kind is refused.
// https://github.com/ollama/ollama/blob/main/api/types.go
const REQUEST_SHAPE = open({
  model: text,
  stream: flag,
  messages: list(
    open({
      role: text,
      content: text,
      thinking: text,
      images: list(text),
      tool_calls: list(open({ id: text, function: open({ name: text, arguments: map, index: any }) })),
      tool_name: text,
      tool_call_id: text,
    }),
  ),
  tools: list(
    open({
      type: text,
      function: open({
        name: text,
        description: text,
        parameters: open({ type: text, required: list(text), properties: record(property) }),
      }),
    }),
  ),
  format: either(text, map),
  options: map,
  keep_alive: any,
  think: any,
})

/** The model a body asks for. */
export function readModel(body: JsonObject): string | Rejection {
  const { model } = body
  return typeof model === 'string' && model !== '' ? model : invalid('model is required')
}

/**
 * A chat body as a call, or Ollama's refusal. It streams unless told not to, and takes messages in any order: a result
 * without a call is text to it.
 */
export function readCall(body: JsonObject): SimulatedCall | Rejection {
  const finding = findProblem(body, REQUEST_SHAPE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding)
  const messages = objectsOf(body['messages'])
  const problem = checkImages(messages) ?? checkOptions(body)
  if (problem !== undefined) return problem
  const options = body['options']
  const limit = numberOf(memberOf(options, 'num_predict'))
  const stop = memberOf(options, 'stop')
  return {
    model: String(body['model']),
    isStreamed: body['stream'] !== false,
    includesUsage: true,
    // Negative is without a limit. https://docs.ollama.com/modelfile#parameter
    maxTokens: limit === undefined || limit < 0 ? undefined : limit,
    stop: typeof stop === 'string' ? stringsOf([stop]) : stringsOf(stop),
    choices: 1,
    tools: objectsOf(body['tools']).map(({ function: described }) => ({
      name: textOf(memberOf(described, 'name')),
      schema: memberOf(described, 'parameters'),
    })),
    toolChoice: 'auto',
    allowsParallelCalls: true,
    shape: readShape(body['format']),
    earlierCalls: messages.reduce((sum, { tool_calls: calls }) => sum + listOf(calls).length, 0),
    endsWithToolResult: messages.at(-1)?.['role'] === 'tool',
    promptTokens: 3 + estimateTokens(body['messages'], body['tools']),
  }
}

/** Bytes are base64 in Go's JSON. https://pkg.go.dev/encoding/json#Unmarshal */
function checkImages(messages: readonly JsonObject[]): Rejection | undefined {
  const images = messages.flatMap((message) => listOf(message['images'])).map(textOf)
  const odd = images.find((image) => image.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(image))
  if (odd === undefined) return undefined
  return invalid(`illegal base64 data at input byte ${Math.max(0, odd.search(/[^A-Za-z0-9+/]/))}`)
}

/** https://docs.ollama.com/capabilities/thinking, https://docs.ollama.com/capabilities/structured-outputs */
function checkOptions(body: JsonObject): Rejection | undefined {
  const { think, format } = body
  const isThought = think === undefined || think === null || typeof think === 'boolean'
  if (!isThought && !['high', 'medium', 'low'].includes(textOf(think))) {
    return invalid(`invalid think value: ${JSON.stringify(think)} (must be "high", "medium", "low", true, or false)`)
  }
  const isKnown = format === undefined || format === null || format === '' || format === 'json' || isJsonObject(format)
  return isKnown
    ? undefined
    : invalid(`invalid format: ${JSON.stringify(format)}; expected "json" or a valid JSON Schema object`)
}

function readShape(format: JsonValue | undefined): SimulatedCall['shape'] {
  if (isJsonObject(format)) return { type: 'schema', schema: format }
  return { type: format === 'json' ? 'json' : 'text' }
}
