import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { WriteCalls } from './emulate.ts'

/** The part of a system prompt that tells a model of its tools, and how to call them. */
export function promptBlock(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  { isSingle, isBare }: { readonly isSingle: boolean; readonly isBare: boolean },
  writeCalls: WriteCalls,
): string {
  const examples = examplesOf(tools).map((call) => writeCalls([call]))
  return [
    '# Tools',
    'You can call these functions. Each is described by one line of JSON; `parameters` is the JSON Schema of its arguments.',
    `<tools>\n${tools.map(described).join('\n')}\n</tools>`,
    `To call a function, reply with a block of exactly this form and nothing else, with the values that the request needs:\n${examples.join('\nor\n')}`,
    isSingle
      ? 'Write one block and stop: the result is sent to you.'
      : 'Several calls are several blocks, one after the other. Then stop: the results are sent to you.',
    isBare ? BARE[isSingle ? 'one' : 'several'] : demand(choice),
  ].join('\n\n')
}

/** Where the server holds the answer to the JSON alone. */
const BARE = {
  one: 'This time reply with the JSON of one call alone, without the marks around it.',
  several: 'This time reply with a JSON array of the calls alone, without the marks around them.',
}

function demand(choice: ToolChoice | undefined): string {
  if (choice === 'required' || (typeof choice === 'object' && 'mode' in choice && choice.mode === 'required')) {
    return 'Your reply must be a call of one of these functions.'
  }
  if (typeof choice === 'object' && 'name' in choice) return `Your reply must be a call of ${choice.name}.`
  return 'Where no function helps, reply in plain words without any block.'
}

function described({ name, description, parameters }: Tool): string {
  return JSON.stringify({
    name,
    ...(description === undefined ? {} : { description }),
    parameters: parameters ?? NOTHING,
  })
}

const NOTHING: JsonObject = { type: 'object', properties: {} }

/** One call of each number of required arguments there is, three at most. */
function examplesOf(tools: readonly Tool[]): { readonly name: string; readonly argumentsText: string }[] {
  const byArity = new Map<number, Tool>()
  for (const tool of tools) {
    const arity = Math.min(requiredOf(tool).length, 2)
    if (!byArity.has(arity)) byArity.set(arity, tool)
  }
  return [...byArity.values()].map((tool) => {
    const properties = propertiesOf(tool)
    const names = requiredOf(tool)
    const shown = names.length > 0 ? names : Object.keys(properties).slice(0, 1)
    const args = Object.fromEntries(shown.map((name) => [name, exampleOf(name, properties[name])]))
    return { name: tool.name, argumentsText: JSON.stringify(args) }
  })
}

function propertiesOf({ parameters }: Tool): JsonObject {
  const properties = parameters?.['properties']
  return isJsonObject(properties) ? properties : {}
}

function requiredOf({ parameters }: Tool): string[] {
  const required = parameters?.['required']
  return Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
}

/** A value of the type that a schema asks for, which nobody takes for the one to be written. */
function exampleOf(name: string, schema: JsonValue | undefined): JsonValue {
  if (!isJsonObject(schema)) return `<${name}>`
  const { enum: values, default: usual, type } = schema
  if (Array.isArray(values) && values[0] !== undefined) return values[0]
  if (usual !== undefined) return usual
  switch (Array.isArray(type) ? type[0] : type) {
    case 'integer':
    case 'number':
      return 1
    case 'boolean':
      return true
    case 'array':
      return [exampleOf(name, schema['items'])]
    case 'object':
      return Object.fromEntries(
        Object.entries(propertiesOf({ name, description: undefined, parameters: schema })).map(([key, value]) => [
          key,
          exampleOf(key, value),
        ]),
      )
    case 'null':
      return null
    default:
      return `<${name}>`
  }
}
