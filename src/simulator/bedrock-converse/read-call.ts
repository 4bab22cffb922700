import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { estimateTokens } from '../estimate-tokens.ts'
import type { Rejection, SimulatedCall } from '../format.ts'
import { memberOf, numberOf, objectsOf, stringsOf, textOf } from '../read-json.ts'
import { findProblem } from '../shape.ts'
import { checkMessages, checkUnion } from './check-messages.ts'
import { checkModel } from './check-model.ts'
import { invalid, invalidShape, refusedByModel } from './rejection.ts'
import { REQUEST_SHAPE } from './request-shape.ts'

const PATH = /^\/model\/(.+)\/(converse|converse-stream)$/

/** Model and method of a path, or `undefined` for one of another format. */
export function readPath(path: string): { readonly model: string; readonly isStreamed: boolean } | undefined {
  const [, model, method] = PATH.exec(path) ?? []
  if (model === undefined) return undefined
  return { model: decode(model), isStreamed: method === 'converse-stream' }
}

/** A Converse body as a call, or the refusal of Bedrock or of the model behind it. */
export function readCall(body: JsonObject, path: string): SimulatedCall | Rejection {
  const { model, isStreamed } = readPath(path) ?? { model: '', isStreamed: false }
  const finding = findProblem(body, REQUEST_SHAPE, { isNullAbsent: true })
  if (finding !== undefined) return invalidShape(finding)
  const messages = objectsOf(body['messages'])
  const shape = readShape(body)
  const problem =
    checkMessages(messages, model) ??
    checkTools(body, messages) ??
    checkThinking(body) ??
    checkModel(body, model, shape.type === 'schema' ? shape.schema : undefined)
  if (problem !== undefined) return problem
  const config = body['inferenceConfig']
  const blocks = messages.flatMap(({ content }) => objectsOf(content))
  const last = objectsOf(messages.at(-1)?.['content'])
  return {
    model,
    isStreamed,
    includesUsage: true,
    maxTokens: numberOf(memberOf(config, 'maxTokens')),
    stop: stringsOf(memberOf(config, 'stopSequences')),
    choices: 1,
    ...readTools(body),
    allowsParallelCalls: true,
    shape,
    earlierCalls: blocks.filter((block) => block['toolUse'] !== undefined).length,
    endsWithToolResult: last.some((block) => block['toolResult'] !== undefined),
    promptTokens: 3 + estimateTokens(body['messages'], body['system'], body['toolConfig']),
  }
}

function checkTools(body: JsonObject, messages: readonly JsonObject[]): Rejection | undefined {
  const { toolConfig } = body
  const blocks = messages.flatMap(({ content }) => objectsOf(content))
  if (!isJsonObject(toolConfig)) {
    // https://github.com/langgenius/dify/issues/17545
    const isNeeded = blocks.some((block) => block['toolUse'] !== undefined || block['toolResult'] !== undefined)
    return isNeeded
      ? invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.')
      : undefined
  }
  const names: string[] = []
  for (const [index, tool] of objectsOf(toolConfig['tools']).entries()) {
    const path = `toolConfig.tools.${index}`
    const problem = checkUnion(tool, ['toolSpec', 'cachePoint', 'systemTool'], path)
    if (problem !== undefined) return problem
    const spec = tool['toolSpec']
    if (!isJsonObject(spec)) continue
    // The sentence is Converse's own.
    if (memberOf(memberOf(spec['inputSchema'], 'json'), 'type') !== 'object') {
      return invalid(`The value at ${path}.toolSpec.inputSchema.json.type must be one of the following: object.`)
    }
    const name = textOf(spec['name'])
    if (names.includes(name)) return invalid(`The tool name ${name} is used more than once at ${path}.`)
    names.push(name)
  }
  const named = memberOf(memberOf(toolConfig['toolChoice'], 'tool'), 'name')
  if (typeof named === 'string' && !names.includes(named)) {
    return refusedByModel(`Tool '${named}' not found in provided tools`)
  }
  const choice = toolConfig['toolChoice']
  return isJsonObject(choice) ? checkUnion(choice, ['auto', 'any', 'tool'], 'toolConfig.toolChoice') : undefined
}

/** Claude's rules, for what goes to it as it is. https://github.com/can1357/oh-my-pi/issues/341 */
function checkThinking(body: JsonObject): Rejection | undefined {
  const thinking = memberOf(body['additionalModelRequestFields'], 'thinking')
  const type = memberOf(thinking, 'type')
  if (type !== 'enabled' && type !== 'adaptive') return undefined
  const choice = memberOf(body['toolConfig'], 'toolChoice')
  if (memberOf(choice, 'any') !== undefined || memberOf(choice, 'tool') !== undefined) {
    return refusedByModel('Thinking may not be enabled when tool_choice forces tool use.')
  }
  const budget = numberOf(memberOf(thinking, 'budget_tokens'))
  const limit = numberOf(memberOf(body['inferenceConfig'], 'maxTokens'))
  if (type === 'enabled' && (budget === undefined || budget < 1_024)) {
    return refusedByModel('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024')
  }
  return budget !== undefined && limit !== undefined && budget >= limit
    ? refusedByModel('`max_tokens` must be greater than `thinking.budget_tokens`.')
    : undefined
}

function readTools(body: JsonObject): Pick<SimulatedCall, 'tools' | 'toolChoice'> {
  const tools = objectsOf(memberOf(body['toolConfig'], 'tools')).flatMap(({ toolSpec }) =>
    isJsonObject(toolSpec)
      ? [{ name: textOf(toolSpec['name']), schema: memberOf(toolSpec['inputSchema'], 'json') }]
      : [],
  )
  const choice = memberOf(body['toolConfig'], 'toolChoice')
  const named = memberOf(memberOf(choice, 'tool'), 'name')
  if (typeof named === 'string') return { tools, toolChoice: { name: named } }
  return { tools, toolChoice: memberOf(choice, 'any') === undefined ? 'auto' : 'required' }
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: the schema is JSON in a string. */
function readShape(body: JsonObject): SimulatedCall['shape'] {
  const structure = memberOf(memberOf(body['outputConfig'], 'textFormat'), 'structure')
  const schema = memberOf(memberOf(structure, 'jsonSchema'), 'schema')
  if (typeof schema !== 'string') return { type: 'text' }
  try {
    return { type: 'schema', schema: JSON.parse(schema) }
  } catch {
    // A schema that cannot be read asks for nothing in particular.
    return { type: 'json' }
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A broken escape stays as it came.
    return text
  }
}
