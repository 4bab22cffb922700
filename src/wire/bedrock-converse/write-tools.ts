import type { ContentPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import { outputSchema } from '../anthropic-messages/output-schema.ts'
import { objectSchema } from '../shared/object-schema.ts'
import { compact } from '../shared/read-json.ts'
import { keepsSchemas, takesNamedChoice } from './models.ts'
import type { Writing } from './write-content.ts'
import { writeMark } from './write-content.ts'

export type WrittenTools = {
  readonly toolConfig: JsonObject | undefined
  /** What the model must be told because no field says it. */
  readonly instruction: string | undefined
}

const NO_CALLS = 'Do not call any tool. Answer in words.'

/**
 * `toolConfig`. Bedrock wants one as soon as the history has calls or results, whether or not the client sent tools:
 * they are declared from the history then, and the model is told to leave them alone.
 */
export function writeTools(
  request: ChatRequest,
  hasToolBlocks: boolean,
  thinks: boolean,
  writing: Writing,
): WrittenTools {
  const { losses } = writing
  const { toolChoice: choice } = request
  if (request.parallelToolCalls === false && request.tools.length > 0) {
    losses.lose('parallel_tool_calls', 'the model may call several tools at once')
  }
  const allowed = typeof choice === 'object' && 'allowed' in choice ? new Set(choice.allowed) : undefined
  const tools = request.tools.flatMap((tool, index) => {
    if (allowed !== undefined && tool.native === undefined && !allowed.has(tool.name)) return []
    return writeTool(tool, `tools[${index}]`, writing)
  })
  if (choice === 'none' && !hasToolBlocks) return { toolConfig: undefined, instruction: undefined }
  if (tools.length > 0 && choice !== 'none') {
    return { toolConfig: compact({ ...choose(request, tools, thinks, writing) }), instruction: undefined }
  }
  if (!hasToolBlocks) return { toolConfig: undefined, instruction: undefined }
  if (tools.length > 0)
    losses.lose('tool_choice', '"none" has no field while the history has calls; the model was told')
  else
    losses.lose(
      request.tools.length > 0 ? 'tools' : firstCall(request),
      'Bedrock wants the tools of a history: they were declared from it and the model told not to call',
    )
  return { toolConfig: { tools: tools.length > 0 ? tools : historyTools(request) }, instruction: NO_CALLS }
}

function writeTool(tool: Tool, path: string, writing: Writing): JsonObject[] {
  const { losses, model } = writing
  const { native, name, cache, strict } = tool
  if (native !== undefined) {
    if (native.format === 'bedrock-converse') return [native.value]
    losses.lose(path, "a provider's own tool; this format has no counterpart")
    return []
  }
  const schema = objectSchema(tool.parameters)
  const isStrict = strict === true && keepsSchemas(model) && outputSchema(schema)?.isExact === true
  if (strict === true && !isStrict) losses.lose(`${path}.strict`, 'this model cannot be held to this schema')
  const description = tool.description?.trim() === '' ? undefined : tool.description
  const spec = compact({
    name,
    description,
    inputSchema: { json: schema },
    strict: isStrict ? true : undefined,
  })
  return [{ toolSpec: spec }, ...writeMark(cache, path, writing)]
}

/** Where it stands that there were tools, when nothing declares them. */
function firstCall({ messages }: ChatRequest): string {
  const index = messages.findIndex(({ content }) => content.some(isCall))
  return index < 0 ? 'messages' : `messages[${index}].content[${messages[index]?.content.findIndex(isCall)}]`
}

function isCall({ type }: ContentPart): boolean {
  return type === 'tool-call'
}

function historyTools({ messages }: ChatRequest): JsonObject[] {
  const called = new Set<string>()
  for (const { content } of messages) {
    for (const part of content) if (part.type === 'tool-call') called.add(part.name)
  }
  return [...called].map((name) => ({ toolSpec: { name, inputSchema: { json: objectSchema(undefined) } } }))
}

function choose(
  { toolChoice: choice }: ChatRequest,
  tools: readonly JsonObject[],
  thinks: boolean,
  { losses, model, rules }: Writing,
): JsonObject {
  if (choice === undefined || choice === 'none') return { tools }
  if (choice === 'auto') return { tools, toolChoice: { auto: {} } }
  if (typeof choice === 'object' && 'allowed' in choice && choice.mode === 'auto')
    return { tools, toolChoice: { auto: {} } }
  if (thinks || rules?.takesForcedTools === false) {
    losses.lose('tool_choice', 'a model that thinks cannot be made to call: it may')
    return { tools, toolChoice: { auto: {} } }
  }
  if (typeof choice === 'string' || 'allowed' in choice) return { tools, toolChoice: { any: {} } }
  const { name } = choice
  if (takesNamedChoice(model)) return { tools, toolChoice: { tool: { name } } }
  // The only tool there is, and one must be called.
  const only = tools.filter((tool) => (tool['toolSpec'] as JsonObject | undefined)?.['name'] === name)
  return { tools: only, toolChoice: { any: {} } }
}
