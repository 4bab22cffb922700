import type { ContentPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import type { Losses } from './lose.ts'

/** A request without tools that take free text, and which were such: their calls are to come back as free text. */
export type CustomAsFunctions = {
  readonly request: ChatRequest
  readonly customTools: ReadonlySet<string> | undefined
}

/** The text that such a tool takes, as the one member of its parameters. */
export const INPUT: JsonObject = { type: 'string' }
export const DESCRIBED_INPUT: JsonObject = { type: 'string', description: 'The free text that the tool takes.' }

/**
 * Tools that take free text as functions of `{input: string}`, for formats whose tools take JSON only, and the calls of
 * the history likewise (design/tool-calling.md §1.1). A grammar is told to the model: nothing can hold it to one. The same
 * request where there is no such tool and no such call.
 */
export function customAsFunctions(request: ChatRequest, input: JsonObject, losses: Losses): CustomAsFunctions {
  const names = request.tools.flatMap(({ name, custom }) => (custom === undefined ? [] : [name]))
  const hasCalls = request.messages.some(({ content }) => content.some(isCustom))
  if (names.length === 0 && !hasCalls) return { request, customTools: undefined }
  const tools = request.tools.map((tool, index) => writeTool(tool, `tools[${index}]`, input, losses))
  const messages = request.messages.map((message) =>
    message.content.some(isCustom) ? { ...message, content: message.content.map(writePart) } : message,
  )
  return { request: { ...request, tools, messages }, customTools: names.length === 0 ? undefined : new Set(names) }
}

/** An earlier call's free text as the arguments that such a tool is declared to take. */
export function customArguments(text: string): JsonObject {
  return { input: text }
}

function isCustom(part: ContentPart): boolean {
  return (part.type === 'tool-call' || part.type === 'tool-result') && part.custom === true
}

function writePart(part: ContentPart): ContentPart {
  if (part.type === 'tool-result') return { ...part, custom: undefined }
  if (part.type !== 'tool-call' || part.custom !== true) return part
  return { ...part, custom: undefined, argumentsText: JSON.stringify(customArguments(part.argumentsText)) }
}

function writeTool(tool: Tool, path: string, input: JsonObject, losses: Losses): Tool {
  const { custom, description } = tool
  if (custom === undefined) return tool
  const parameters: JsonObject = { type: 'object', properties: { input }, required: ['input'] }
  const written: Tool = { ...tool, custom: undefined, parameters }
  const { format } = custom
  if (format === undefined || format['type'] === 'text') return written
  losses.lose(`${path}.custom.format`, 'the model is told the grammar of the text, not held to it')
  const told = `The input must be of this format: ${JSON.stringify(format)}`
  return { ...written, description: description === undefined ? told : `${description}\n\n${told}` }
}
