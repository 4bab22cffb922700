import { GatewayError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { parseLossless } from '../../core/lossless-json.ts'
import type { Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import {
  countOf,
  objectOf,
  optionalList,
  optionalNumber,
  requiredObject,
  requiredString,
  textOf,
  wrong,
} from '../shared/read-json.ts'
import { readMark } from './read-content.ts'

/** `toolConfig.tools`. A cache point marks the tool before it. */
export function readTools(config: JsonObject): Tool[] {
  const tools: Tool[] = []
  for (const [index, tool] of optionalList(config['tools'], 'toolConfig.tools', 'a list of tools').entries()) {
    const path = `toolConfig.tools[${index}]`
    const object = requiredObject(tool, path)
    const mark = object['cachePoint']
    const last = tools.at(-1)
    if (mark === undefined) tools.push(readTool(object, path))
    else if (last !== undefined) tools[tools.length - 1] = { ...last, cache: readMark(mark) }
  }
  return tools
}

function readTool(tool: JsonObject, path: string): Tool {
  const said = tool['toolSpec']
  if (said === undefined) {
    const name = textOf(objectOf(tool['systemTool'])['name']) ?? ''
    return { name, description: undefined, parameters: undefined, native: { format: 'bedrock-converse', value: tool } }
  }
  const spec = requiredObject(said, `${path}.toolSpec`)
  const schema = requiredObject(spec['inputSchema'], `${path}.toolSpec.inputSchema`, 'an object with json')['json']
  return {
    name: requiredString(spec['name'], `${path}.toolSpec.name`),
    description: textOf(spec['description']),
    parameters: requiredObject(schema, `${path}.toolSpec.inputSchema.json`, 'a JSON Schema'),
    ...(typeof spec['strict'] === 'boolean' ? { strict: spec['strict'] } : {}),
  }
}

/** `{auto: {}}`, `{any: {}}` or `{tool: {name}}`. */
export function readToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined
  const path = 'toolConfig.toolChoice'
  const { auto, any, tool } = requiredObject(value, path, 'an object with auto, any or tool')
  if (auto !== undefined) return 'auto'
  if (any !== undefined) return 'required'
  if (tool === undefined) throw wrong(path, 'an object with auto, any or tool', value)
  return { name: requiredString(objectOf(tool)['name'], `${path}.tool.name`) }
}

/** `inferenceConfig`, and what models take besides it under `additionalModelRequestFields`. */
export function readSampling(config: JsonObject, extra: JsonObject): Sampling {
  const stop = optionalList(config['stopSequences'], 'inferenceConfig.stopSequences', 'a list of strings')
  const topK = extra['top_k'] ?? objectOf(extra['inferenceConfig'])['topK']
  return {
    maxOutputTokens: optionalNumber(config['maxTokens'], 'inferenceConfig.maxTokens'),
    temperature: optionalNumber(config['temperature'], 'inferenceConfig.temperature'),
    topP: optionalNumber(config['topP'], 'inferenceConfig.topP'),
    choices: undefined,
    ...(topK === undefined ? {} : { topK: optionalNumber(topK, 'additionalModelRequestFields.top_k') }),
    ...(stop.length === 0
      ? {}
      : { stop: stop.map((one, index) => requiredString(one, `inferenceConfig.stopSequences[${index}]`)) }),
  }
}

/** The switches for thinking of Claude, Nova and gpt-oss; Claude's effort may stand in `outputConfig` too. */
export function readReasoning(extra: JsonObject, output: JsonObject): Reasoning | undefined {
  const config = objectOf(extra['reasoningConfig'])
  const thinking = objectOf(extra['thinking'] ?? extra['reasoning_config'])
  const said =
    textOf(output['effort']) ??
    textOf(objectOf(extra['output_config'])['effort']) ??
    textOf(extra['reasoning_effort']) ??
    textOf(extra['reasoning_config']) ??
    textOf(config['maxReasoningEffort'])
  const isOff = thinking['type'] === 'disabled' || config['type'] === 'disabled'
  const effort = isOff ? 'none' : said
  const isShown = thinking['display'] === 'summarized'
  const budget =
    countOf(thinking['budget_tokens']) ?? (thinking['type'] === 'adaptive' && effort === undefined ? -1 : undefined)
  if (effort === undefined && budget === undefined) return undefined
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(budget === undefined || isOff ? {} : { budgetTokens: budget }),
    ...(isShown ? { summary: 'auto' } : {}),
  }
}

/** `outputConfig.textFormat`: its schema is JSON in a string. */
export function readResponseFormat(output: JsonObject): ResponseFormat | undefined {
  const format = output['textFormat']
  if (format === undefined || format === null) return undefined
  const path = 'outputConfig.textFormat.structure.jsonSchema'
  const structure = objectOf(objectOf(format)['structure'])
  const { schema, name, description } = requiredObject(structure['jsonSchema'], path)
  const text = requiredString(schema, `${path}.schema`, 'a JSON Schema in a string')
  return {
    type: 'json-schema',
    schema: parseSchema(text, `${path}.schema`),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  }
}

function parseSchema(text: string, path: string): JsonObject {
  try {
    const schema: unknown = parseLossless(text)
    if (isJsonObject(schema)) return schema
  } catch {
    // Said below.
  }
  throw new GatewayError(
    'invalid_request',
    `${path} must be the JSON of a JSON Schema; it does not parse as an object.`,
    {
      param: path,
    },
  )
}
