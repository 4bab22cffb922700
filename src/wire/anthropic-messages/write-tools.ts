import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Losses } from '../shared/lose.ts'
import { objectSchema } from '../shared/object-schema.ts'
import { compact } from '../shared/read-json.ts'
import type { CacheMarks } from './cache-marks.ts'
import type { ModelRules } from './model-rules.ts'
import { outputSchema } from './output-schema.ts'

export type WrittenTools = { readonly tools: JsonObject[] | undefined; readonly tool_choice: JsonObject | undefined }

/** Why `tool_choice` is `auto` where it was more. */
export const NOT_FORCED = 'a model that thinks cannot be made to call a tool; it was left to decide'
/** Why a strict tool is none. */
export const NOT_STRICT = 'this model cannot be held to this schema'

/** `isThinking`: no tool may be forced then. */
export function writeTools(
  request: ChatRequest,
  rules: ModelRules,
  isThinking: boolean,
  marks: CacheMarks,
  losses: Losses,
): WrittenTools {
  const { toolChoice: choice, parallelToolCalls } = request
  const allowed = typeof choice === 'object' && 'allowed' in choice ? new Set(choice.allowed) : undefined
  const tools = request.tools.flatMap((tool, index) => {
    if (allowed !== undefined && tool.native === undefined && !allowed.has(tool.name)) return []
    return writeTool(tool, `tools[${index}]`, rules, marks, losses)
  })
  if (tools.length === 0) return remembered(request)
  const written = writeChoice(choice, !rules.takesForcedTools || isThinking, losses)
  if (parallelToolCalls !== false || written?.['type'] === 'none') return { tools, tool_choice: written }
  return { tools, tool_choice: { ...(written ?? { type: 'auto' }), disable_parallel_tool_use: true } }
}

function writeTool(tool: Tool, path: string, rules: ModelRules, marks: CacheMarks, losses: Losses): JsonObject[] {
  const { native, name, description, strict, cache } = tool
  if (native !== undefined) {
    if (native.format === 'anthropic-messages') return [native.value]
    losses.lose(path, "a provider's own tool; this format has no counterpart")
    return []
  }
  const input_schema = objectSchema(tool.parameters)
  const isStrict = strict === true && rules.takesSchemas && outputSchema(input_schema)?.isExact === true
  if (strict === true && !isStrict) losses.lose(`${path}.strict`, NOT_STRICT)
  return [marks.put(compact({ name, description, input_schema, strict: isStrict ? true : undefined }), cache, path)]
}

function writeChoice(
  choice: ToolChoice | undefined,
  isForcingRefused: boolean,
  losses: Losses,
): JsonObject | undefined {
  const written = choiceOf(choice)
  if (!isForcingRefused || (written?.['type'] !== 'any' && written?.['type'] !== 'tool')) return written
  losses.lose('tool_choice', NOT_FORCED)
  return { type: 'auto' }
}

function choiceOf(choice: ToolChoice | undefined): JsonObject | undefined {
  if (choice === undefined) return undefined
  if (typeof choice === 'object' && 'name' in choice) return { type: 'tool', name: choice.name }
  const mode = typeof choice === 'object' ? choice.mode : choice
  return { type: mode === 'required' ? 'any' : mode }
}

/** A history with calls needs their tools declared, also where none may be called any more. */
function remembered({ messages }: ChatRequest): WrittenTools {
  const called = messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'tool-call' ? [part.name] : [])),
  )
  if (called.length === 0) return { tools: undefined, tool_choice: undefined }
  const tools = [...new Set(called)].map((name) => ({ name, input_schema: { type: 'object' } }))
  return { tools, tool_choice: { type: 'none' } }
}
