import type { JsonObject } from '../../core/json.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { WriteCalls, WrittenCall } from './emulate.ts'
import type { ExampleText } from './example-call.ts'
import { exampleArguments, requiredOf } from './example-call.ts'

type Form = {
  /** One call and no more is wanted. */
  readonly isSingle: boolean
  /** The answer is JSON alone. */
  readonly isBare: boolean
  /** The conversation begins with calls that nobody made. */
  readonly hasExamples: boolean
}

/** The part of a system prompt that tells a model of its tools, and how to call them. */
export function promptBlock(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  { isSingle, isBare, hasExamples }: Form,
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
    ...(hasExamples ? ['The conversation begins with examples of calls, which were not carried out.'] : []),
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
function examplesOf(tools: readonly Tool[]): WrittenCall[] {
  const byArity = new Map<number, Tool>()
  for (const tool of tools) {
    const arity = Math.min(requiredOf(tool).length, 2)
    if (!byArity.has(arity)) byArity.set(arity, tool)
  }
  return [...byArity.values()].map((tool) => ({
    name: tool.name,
    argumentsText: JSON.stringify(exampleArguments(tool, PLACEHOLDERS)),
  }))
}

/** Nobody takes these for the values to be written. */
const PLACEHOLDERS: ExampleText = { of: (name) => `<${name}>`, isSecond: false }
