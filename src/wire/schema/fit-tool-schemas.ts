import type { ContentPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import type { Losses } from '../shared/lose.ts'
import { fitSchema } from './fit-schema.ts'
import type { Renamed } from './restore-arguments.ts'
import { renameArguments, restoreArguments } from './restore-arguments.ts'
import type { SchemaSubset } from './subsets.ts'

/** A request whose tools take what the target can be told, and how to read the arguments of calls where that differs. */
export type FittedSchemas = {
  readonly request: ChatRequest
  /** By the name that the tool is written under. */
  readonly readArguments: ReadonlyMap<string, (argumentsText: string) => string> | undefined
}

/**
 * The parameters of every tool as this kind of target takes them. What they do not say any more is lost; what is only said
 * otherwise is not. The same request where all may stay.
 */
export function fitToolSchemas(request: ChatRequest, subset: SchemaSubset, losses: Losses): FittedSchemas {
  const restored = new Map<string, readonly Renamed[]>()
  const tools = request.tools.map((tool, index) =>
    fitTool(tool, `tools[${index}].parameters`, subset, losses, restored),
  )
  if (tools.every((tool, index) => tool === request.tools[index])) return { request, readArguments: undefined }
  const fitted = { ...request, tools }
  if (restored.size === 0) return { request: fitted, readArguments: undefined }
  const renamePart = (part: ContentPart): ContentPart => {
    const renamed = part.type === 'tool-call' ? restored.get(part.name) : undefined
    if (part.type !== 'tool-call' || renamed === undefined) return part
    return { ...part, argumentsText: renameArguments(part.argumentsText, renamed) }
  }
  const messages = request.messages.map((message) => {
    const content = message.content.map(renamePart)
    return content.every((part, index) => part === message.content[index]) ? message : { ...message, content }
  })
  const readers = [...restored].map(
    ([name, renamed]) => [name, (text: string): string => restoreArguments(text, renamed)] as const,
  )
  return { request: { ...fitted, messages }, readArguments: new Map(readers) }
}

function fitTool(
  tool: Tool,
  path: string,
  subset: SchemaSubset,
  losses: Losses,
  restored: Map<string, readonly Renamed[]>,
): Tool {
  const { parameters, native, custom } = tool
  if (parameters === undefined || native !== undefined || custom !== undefined) return tool
  const fitted = fitSchema(parameters, subset)
  for (const one of fitted.changes) if (!one.isExact) losses.lose(`${path}${one.path}`, one.reason)
  if (fitted.restored.length > 0) restored.set(tool.name, fitted.restored)
  return fitted.schema === parameters ? tool : { ...tool, parameters: fitted.schema }
}

/** The schema of an answer, whose root may be anything. */
export function fitAnswerSchema(schema: JsonObject, subset: SchemaSubset, losses: Losses): JsonObject {
  const fitted = fitSchema(schema, subset, { isTool: false, mayRename: false })
  for (const one of fitted.changes) {
    if (!one.isExact) losses.lose(`response_format.json_schema.schema${one.path}`, one.reason)
  }
  return fitted.schema
}
