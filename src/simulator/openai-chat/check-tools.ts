import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import { strictProblem } from '../strict-schema.ts'
import {
  emptyList,
  invalid,
  longList,
  longString,
  missing,
  notOneOf,
  oddString,
  unknown,
  wrongType,
} from './rejection.ts'

const MAX_TOOLS = 128
const FUNCTION_MEMBERS = ['name', 'description', 'parameters', 'strict']
export const MAX_NAME = 64
export const NAME = '^[a-zA-Z0-9_-]+$'

/** What is wrong with the parameters of a function, if anything is. */
type SchemaCheck = (schema: JsonObject) => string | undefined

/** What OpenAI would refuse in `tools`, `tool_choice` and `parallel_tool_calls`. */
export function checkTools(body: JsonObject, schemaProblem: SchemaCheck): Rejection | undefined {
  const { tools, tool_choice: choice, parallel_tool_calls: parallel } = body
  if (isAbsent(tools)) {
    if (!isAbsent(choice)) return onlyWithTools('tool_choice')
    return isAbsent(parallel) ? undefined : onlyWithTools('parallel_tool_calls')
  }
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools)
  if (tools.length === 0) return emptyList('tools')
  if (tools.length > MAX_TOOLS) return longList('tools', MAX_TOOLS, tools.length)
  for (const [index, tool] of tools.entries()) {
    const problem = checkTool(tool, `tools[${index}]`, schemaProblem)
    if (problem !== undefined) return problem
  }
  if (!isAbsent(parallel) && typeof parallel !== 'boolean')
    return wrongType('parallel_tool_calls', 'a boolean', parallel)
  return checkChoice(choice, tools)
}

function isAbsent(value: JsonValue | undefined): boolean {
  return value === undefined || value === null
}

function onlyWithTools(param: string): Rejection {
  return invalid(`Invalid value for '${param}': '${param}' is only allowed when 'tools' are specified.`, param)
}

function checkTool(tool: JsonValue, path: string, schemaProblem: SchemaCheck): Rejection | undefined {
  if (!isJsonObject(tool)) return wrongType(path, 'an object', tool)
  if (tool['type'] === undefined) return missing(`${path}.type`)
  if (tool['type'] === 'custom') return undefined
  if (tool['type'] !== 'function') return notOneOf(`${path}.type`, ['function', 'custom'], tool['type'])
  const described = tool['function']
  if (!isJsonObject(described)) return missing(`${path}.function`)
  const odd = Object.keys(described).find((member) => !FUNCTION_MEMBERS.includes(member))
  if (odd !== undefined) return unknown(`${path}.function.${odd}`)
  const { name, parameters } = described
  if (name === undefined) return missing(`${path}.function.name`)
  if (typeof name !== 'string') return wrongType(`${path}.function.name`, 'a string', name)
  if (!new RegExp(NAME).test(name)) {
    return oddString(`${path}.function.name`, NAME)
  }
  if (name.length > MAX_NAME) return longString(`${path}.function.name`, MAX_NAME, name.length)
  if (isAbsent(parameters)) return undefined
  if (!isJsonObject(parameters)) return wrongType(`${path}.function.parameters`, 'an object', parameters)
  const problem = checkSchema(schemaProblem(parameters), name, `${path}.function.parameters`)
  if (problem !== undefined || described['strict'] !== true) return problem
  const strict = strictProblem(parameters)
  return strict === undefined
    ? undefined
    : invalid(
        `Invalid schema for function '${name}': ${strict}`,
        `${path}.function.parameters`,
        'invalid_function_parameters',
      )
}

function checkSchema(problem: string | undefined, name: string, path: string): Rejection | undefined {
  return problem === undefined
    ? undefined
    : invalid(`Invalid schema for function '${name}': ${problem}`, path, 'invalid_function_parameters')
}

function checkChoice(choice: JsonValue | undefined, tools: readonly JsonValue[]): Rejection | undefined {
  if (isAbsent(choice)) return undefined
  if (typeof choice === 'string') {
    const words = ['none', 'auto', 'required']
    return words.includes(choice) ? undefined : notOneOf('tool_choice', words, choice)
  }
  if (!isJsonObject(choice)) return wrongType('tool_choice', 'one of a string or an object', choice)
  if (choice['type'] !== 'function') return undefined
  const named = choice['function']
  if (!isJsonObject(named) || typeof named['name'] !== 'string') return missing('tool_choice.function.name')
  const isKnown = tools.some(
    (tool) => isJsonObject(tool) && isJsonObject(tool['function']) && tool['function']['name'] === named['name'],
  )
  return isKnown
    ? undefined
    : invalid(`Invalid value for 'tool_choice': no tool named '${named['name']}' in 'tools'.`, 'tool_choice')
}
