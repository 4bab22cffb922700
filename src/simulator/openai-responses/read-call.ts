import type { JsonObject, JsonValue } from '../../core/json.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { Rejection, SimulatedCall, SimulatedTool } from '../format.ts'
import { listOf, memberOf, numberOf, objectsOf, textOf } from '../read-json.ts'
import type { Seal } from '../signature.ts'
import { isResult } from './check-input.ts'
import { checkRequest } from './check-request.ts'

/** What the answer tells back of the request, beside what every format reads. */
export type ResponsesCall = SimulatedCall & { readonly request: JsonObject; readonly seal: Seal }

/** A Responses body as a call, or OpenAI's refusal. `seal`: that of the provider who is asked. */
export function readCall(body: JsonObject, seal: Seal): ResponsesCall | Rejection {
  const problem = checkRequest(body, seal)
  if (problem !== undefined) return problem
  const items = listOf(body['input'])
  return {
    model: String(body['model']),
    isStreamed: body['stream'] === true,
    includesUsage: true,
    maxTokens: numberOf(body['max_output_tokens']),
    stop: [],
    choices: 1,
    ...readTools(body),
    allowsParallelCalls: body['parallel_tool_calls'] !== false,
    shape: readShape(memberOf(body['text'], 'format')),
    earlierCalls: items.filter((item) => memberOf(item, 'type') === 'function_call').length,
    endsWithToolResult: isResult(items.at(-1)),
    promptTokens: 3 + estimateTokens(body['input'], body['instructions'], body['tools']),
    request: body,
    seal,
  }
}

function readTools(body: JsonObject): Pick<SimulatedCall, 'tools' | 'toolChoice'> {
  const declared: readonly SimulatedTool[] = objectsOf(body['tools']).flatMap(({ type, name, parameters }) =>
    type === 'function' ? [{ name: textOf(name), schema: parameters }] : [],
  )
  const choice = body['tool_choice']
  const type = memberOf(choice, 'type')
  if (type === 'function') return { tools: declared, toolChoice: { name: textOf(memberOf(choice, 'name')) } }
  if (type === 'allowed_tools') {
    const allowed = objectsOf(memberOf(choice, 'tools')).map(({ name }) => name)
    const tools = declared.filter(({ name }) => allowed.includes(name))
    return { tools, toolChoice: memberOf(choice, 'mode') === 'required' ? 'required' : 'auto' }
  }
  return { tools: declared, toolChoice: choice === 'required' || choice === 'none' ? choice : 'auto' }
}

function readShape(format: JsonValue | undefined): SimulatedCall['shape'] {
  const type = memberOf(format, 'type')
  if (type === 'json_schema') return { type: 'schema', schema: memberOf(format, 'schema') ?? {} }
  return { type: type === 'json_object' ? 'json' : 'text' }
}
