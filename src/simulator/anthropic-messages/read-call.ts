import type { JsonObject, JsonValue } from '../../core/json.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { Rejection, SimulatedCall, SimulatedTool } from '../format.ts'
import { memberOf, numberOf, objectsOf, stringsOf } from '../read-json.ts'
import type { ObjectShape } from '../shape.ts'
import { checkRequest } from './check-request.ts'
import { invalid } from './rejection.ts'

/** The model a body asks for. */
export function readModel(body: JsonObject): string | Rejection {
  const { model } = body
  return typeof model === 'string' && model !== '' ? model : invalid('model: Field required')
}

/** A body of that shape as a call, or Anthropic's refusal. */
export function readCall(body: JsonObject, shape: ObjectShape): SimulatedCall | Rejection {
  const problem = checkRequest(body, shape)
  if (problem !== undefined) return problem
  const messages = objectsOf(body['messages'])
  const blocks = messages.flatMap(({ content }) => objectsOf(content))
  const last = objectsOf(messages.at(-1)?.['content'])
  const choice = body['tool_choice']
  return {
    model: String(body['model']),
    isStreamed: body['stream'] === true,
    includesUsage: true,
    maxTokens: numberOf(body['max_tokens']),
    stop: stringsOf(body['stop_sequences']),
    choices: 1,
    tools: readTools(body['tools']),
    toolChoice: readChoice(choice),
    allowsParallelCalls: memberOf(choice, 'disable_parallel_tool_use') !== true,
    shape: readShape(body),
    earlierCalls: blocks.filter(({ type }) => type === 'tool_use').length,
    endsWithToolResult: last.some(({ type }) => type === 'tool_result'),
    promptTokens: 3 + estimateTokens(body['messages'], body['system'], body['tools']),
  }
}

function readTools(tools: JsonValue | undefined): readonly SimulatedTool[] {
  return objectsOf(tools).flatMap(({ name, input_schema: schema }) =>
    typeof name === 'string' && schema !== undefined ? [{ name, schema }] : [],
  )
}

function readChoice(choice: JsonValue | undefined): SimulatedCall['toolChoice'] {
  const type = memberOf(choice, 'type')
  if (type === 'tool') return { name: String(memberOf(choice, 'name')) }
  return type === 'any' ? 'required' : type === 'none' ? 'none' : 'auto'
}

function readShape(body: JsonObject): SimulatedCall['shape'] {
  const schema = memberOf(memberOf(body['output_config'], 'format') ?? body['output_format'], 'schema')
  return schema === undefined ? { type: 'text' } : { type: 'schema', schema }
}
