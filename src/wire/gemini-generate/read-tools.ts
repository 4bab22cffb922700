import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import { isList, optionalList, optionalString, requiredObject, requiredString, wrong } from '../shared/read-json.ts'
import { field, repeated } from './fields.ts'
import { readSchema } from './read-schema.ts'

type Mode = 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED' | undefined

/** `tools`: functions, and Google's own tools under the name of each. */
export function readTools(body: JsonObject): Tool[] {
  const { mode } = readCallingConfig(body)
  const strict = mode === 'VALIDATED' ? { strict: true } : {}
  const value = body['tools']
  if (value === undefined || value === null) return []
  const tools = repeated(value)
  if (tools === undefined) throw wrong('tools', 'a list of tools', value)
  return tools.flatMap((tool, index) => {
    const path = `tools[${index}]`
    const object = requiredObject(tool, path)
    const declarations = field(object, 'functionDeclarations')
    const functions = optionalList(repeated(declarations) ?? declarations, `${path}.functionDeclarations`)
    const declared = functions.map((one, at): Tool => {
      return { ...readFunction(one, `${path}.functionDeclarations[${at}]`), ...strict }
    })
    const { functionDeclarations: _, function_declarations: __, ...own } = object
    if (Object.keys(own).length === 0) return declared
    const native = { format: 'gemini-generate', value: own } as const
    return [...declared, { name: '', description: undefined, parameters: undefined, native }]
  })
}

function readFunction(value: JsonValue, path: string): Tool {
  const declaration = requiredObject(value, path)
  const name = requiredString(declaration['name'], `${path}.name`)
  const plain = field(declaration, 'parametersJsonSchema')
  const openApi = declaration['parameters']
  return {
    name,
    description: optionalString(declaration['description'], `${path}.description`) || undefined,
    parameters: isJsonObject(plain) ? plain : isJsonObject(openApi) ? readSchema(openApi) : undefined,
  }
}

/** `toolConfig.functionCallingConfig`: `ANY` with one name is that tool, with several a choice among them. */
export function readToolChoice(body: JsonObject): ToolChoice | undefined {
  const { mode, names } = readCallingConfig(body)
  switch (mode) {
    case 'AUTO':
    case 'VALIDATED':
      return names.length === 0 ? 'auto' : { allowed: names, mode: 'auto' }
    case 'NONE':
      return 'none'
    case 'ANY': {
      const [only] = names
      if (only === undefined) return 'required'
      return names.length === 1 ? { name: only } : { allowed: names, mode: 'required' }
    }
    default:
      return undefined
  }
}

function readCallingConfig(body: JsonObject): { readonly mode: Mode; readonly names: readonly string[] } {
  const toolConfig = field(body, 'toolConfig')
  const config = isJsonObject(toolConfig) ? field(toolConfig, 'functionCallingConfig') : undefined
  if (!isJsonObject(config)) return { mode: undefined, names: [] }
  const path = 'toolConfig.functionCallingConfig'
  const said = optionalString(config['mode'], `${path}.mode`)?.toUpperCase()
  const given = field(config, 'allowedFunctionNames')
  const names = isList(given) ? given.filter((name) => typeof name === 'string') : []
  switch (said) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return { mode: undefined, names }
    case 'AUTO':
    case 'ANY':
    case 'NONE':
    case 'VALIDATED':
      return { mode: said, names }
    default:
      throw wrong(`${path}.mode`, 'AUTO, ANY, NONE or VALIDATED', config['mode'])
  }
}
