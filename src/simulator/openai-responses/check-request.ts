import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { invalid } from '../openai-chat/rejection.ts'
import { checkResponsesModel, thinks } from '../openai-models.ts'
import { listOf, memberOf, numberOf, objectsOf, textOf } from '../read-json.ts'
import { findProblem } from '../shape.ts'
import type { Seal } from '../signature.ts'
import { rootProblem, strictProblem } from '../strict-schema.ts'
import { openaiProblem } from '../tool-schema.ts'
import { checkInput } from './check-input.ts'
import { invalidShape } from './rejection.ts'
import { REQUEST_SHAPE } from './request-shape.ts'

/** What OpenAI would refuse in a Responses body, in its words where they are known; `undefined` = nothing. */
export function checkRequest(body: JsonObject, seal: Seal): Rejection | undefined {
  const finding = findProblem(body, REQUEST_SHAPE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding)
  return (
    checkResponsesModel(body) ??
    checkStored(body) ??
    checkSampling(body) ??
    checkInput(body, seal) ??
    checkTools(body) ??
    checkFormat(body)
  )
}

/** https://platform.openai.com/docs/guides/conversation-state: the simulator has no state. */
function checkStored(body: JsonObject): Rejection | undefined {
  const id = body['previous_response_id']
  if (typeof id !== 'string') return undefined
  return invalid(`Previous response with id '${id}' not found.`, 'previous_response_id', 'previous_response_not_found')
}

const DEFAULTS: Readonly<Record<string, number>> = { temperature: 1, top_p: 1 }

/**
 * Models that reason fix how they sample. https://github.com/OpenHands/software-agent-sdk/issues/1837,
 * https://github.com/vllm-project/vllm/pull/23319
 */
function checkSampling(body: JsonObject): Rejection | undefined {
  if (!thinks(textOf(body['model']), memberOf(body['reasoning'], 'effort'))) return undefined
  const odd = Object.keys(DEFAULTS).find((name) => (body[name] ?? DEFAULTS[name]) !== DEFAULTS[name])
  if (odd !== undefined) return invalid(`Unsupported parameter: '${odd}' is not supported with this model.`, odd)
  const asksLogprobs = numberOf(body['top_logprobs']) !== undefined || listOf(body['include']).includes(LOGPROBS)
  return asksLogprobs
    ? invalid('logprobs are not supported with reasoning models.', 'include', 'unsupported_parameter')
    : undefined
}

const LOGPROBS = 'message.output_text.logprobs'

function checkTools(body: JsonObject): Rejection | undefined {
  const tools = objectsOf(body['tools'])
  for (const [index, tool] of tools.entries()) {
    const { name, parameters } = tool
    const path = `tools[${index}].parameters`
    const type = memberOf(parameters, 'type')
    if (tool['type'] !== 'function' || parameters === undefined || parameters === null) continue
    if (type !== 'object') {
      return invalidSchema(
        textOf(name),
        `schema must be a JSON Schema of 'type: "object"', got 'type: "${textOf(type ?? 'None')}"'.`,
        path,
      )
    }
    // Left out, strict is best effort; said, it is checked. https://platform.openai.com/docs/guides/function-calling#strict-mode
    const strict = tool['strict'] === true ? strictProblem(parameters) : undefined
    const problem = (isJsonObject(parameters) ? openaiProblem(parameters) : undefined) ?? strict
    if (problem !== undefined) return invalidSchema(textOf(name), problem, path)
  }
  return checkChoice(body, tools)
}

function checkChoice(body: JsonObject, tools: readonly JsonObject[]): Rejection | undefined {
  const choice = body['tool_choice']
  if (choice === 'required' && tools.length === 0) {
    return invalid("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice')
  }
  const type = memberOf(choice, 'type')
  if (type !== 'function' && type !== 'custom') return undefined
  const isKnown = tools.some((tool) => tool['name'] === memberOf(choice, 'name'))
  return isKnown ? undefined : invalid(`Tool choice '${type}' not found in 'tools' parameter.`, 'tool_choice')
}

function checkFormat(body: JsonObject): Rejection | undefined {
  const format = memberOf(body['text'], 'format')
  const type = memberOf(format, 'type')
  // https://platform.openai.com/docs/guides/structured-outputs#json-mode
  if (type === 'json_object' && !/json/i.test(JSON.stringify(body['input']))) {
    return invalid(
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    )
  }
  const schema = memberOf(format, 'schema')
  if (type !== 'json_schema' || !isJsonObject(schema)) return undefined
  const problem = rootProblem(schema) ?? (memberOf(format, 'strict') === true ? strictProblem(schema) : undefined)
  return problem === undefined
    ? undefined
    : invalid(
        `Invalid schema for response_format '${textOf(memberOf(format, 'name'))}': ${problem}`,
        'text.format.schema',
        'invalid_json_schema',
      )
}

function invalidSchema(name: string, problem: string, path: string): Rejection {
  return invalid(`Invalid schema for function '${name}': ${problem}`, path, 'invalid_function_parameters')
}
