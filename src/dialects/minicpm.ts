import type { Declared } from './dialect.ts'
import type { Member } from './markup.ts'
import { markup } from './markup.ts'
import { argumentsOf } from './values/arguments.ts'
import { parameterSchema } from './values/typed.ts'

const spaced = (tag: string): string[] => [' ', 'Ġ', ''].map((space) => `<${tag}${space}name=`)

/** MiniCPM 5: plain XML. The space in its tags may come as the tokenizer writes it, or not at all. */
export const minicpm5 = markup({
  id: 'minicpm5_xml',
  mayBeExample: true,
  groups: [],
  isGroupOptional: true,
  call: spaced('function'),
  callEnd: ['</function>'],
  needsCallEnd: true,
  parameter: spaced('param'),
  parameterEnd: ['</param>'],
  hasCdata: true,
  argumentsOf: checked,
})

/**
 * Its tags are words that anybody may write: a call of a declared tool gives each parameter once, and those that are
 * required. What the tool does not know beside them is left out.
 */
function checked(members: readonly Member[], { tools }: Declared, tool: string): string | undefined {
  if (new Set(members.map(({ name }) => name)).size < members.length) return undefined
  const parameters = tools.get(tool)
  const { properties, required } = parameters ?? {}
  const known = members.filter(
    ({ name }) => properties === undefined || parameterSchema(parameters, name) !== undefined,
  )
  const isWhole = !Array.isArray(required) || required.every((name) => known.some((one) => one.name === name))
  return isWhole ? argumentsOf(known.map(({ name, json }) => [name, json])) : undefined
}
