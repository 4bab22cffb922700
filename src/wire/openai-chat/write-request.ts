import type { JsonObject, JsonValue } from '../../core/json.ts'
import { nearestEffort } from '../../core/nearest-effort.ts'
import type { ChatRequest } from '../../core/request.ts'
import type { Tool, ToolChoice } from '../../core/tool.ts'
import type { Traits, WrittenRequest } from '../../core/wire-format.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { subsetOf } from '../schema/subset-of.ts'
import { customAsFunctions, INPUT } from '../shared/custom-as-function.ts'
import { fitToolNames, PLAIN_NAME } from '../shared/fit-tool-names.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { loseBudget } from '../shared/lose-reasoning.ts'
import { writeResponseFormat } from '../shared/openai-response-format.ts'
import { compact } from '../shared/read-json.ts'
import { fitStrict } from '../shared/strict-schema.ts'
import { pathsOf } from './request-paths.ts'
import { writeMessages } from './write-messages.ts'

/**
 * A request of any client as a Chat Completions body. What providers name differently or refuse is theirs to adjust.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export function writeRequest(asked: ChatRequest, model: string, traits: Traits = {}): WrittenRequest {
  const losses = createLosses()
  const { request: declared, customTools } =
    traits.functionsOnly === true ? customAsFunctions(asked, INPUT, losses) : { request: asked, customTools: undefined }
  const { request: named, toolNames } = fitToolNames(declared, PLAIN_NAME)
  const { request, readArguments } = fitToolSchemas(named, subsetOf(model, traits), losses)
  const { sampling } = request
  const tools = writeTools(request.tools, traits, losses)
  const hasTools = tools.length > 0
  if (sampling.choices !== undefined && sampling.choices > 1) {
    losses.lose('n', 'one answer a call can be translated; more would be paid for and thrown away')
  }
  const messages = writeMessages(request.messages, traits, losses)
  const body = compact({
    model,
    messages: messages.written,
    tools: hasTools ? tools : undefined,
    tool_choice: hasTools ? writeToolChoice(request.toolChoice, request.tools) : undefined,
    parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
    [traits.maxTokens ?? 'max_completion_tokens']: sampling.maxOutputTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    stop: sampling.stop,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
    seed: sampling.seed,
    logprobs: sampling.logprobs,
    top_logprobs: sampling.topLogprobs,
    ...writeAskedReasoning(request, traits, losses),
    response_format: nestSchema(writeResponseFormat(request.responseFormat, traits, losses)),
    user: request.user,
    metadata: request.metadata,
    ...request.openai,
    stream: request.stream ? true : undefined,
    // The gateway counts tokens whether or not its client asked for them; its writer leaves them out again.
    stream_options: request.stream ? { include_usage: true } : undefined,
  })
  // Seldom asked for.
  let pathOf: ReturnType<typeof pathsOf> | undefined
  const requestPath = (path: string): string => {
    pathOf ??= pathsOf(request, messages.written, messages.origins)
    return pathOf(path)
  }
  return { body, losses: losses.list, toolNames, customTools, readArguments, requestPath }
}

/** What is asked of the model's thinking, in the member that the provider reads. */
function writeAskedReasoning(
  { reasoning }: ChatRequest,
  { asksReasoning, asksFreely, hidesThoughts }: Traits,
  losses: Losses,
): JsonObject {
  if (reasoning === undefined) return {}
  const { effort, budgetTokens, summary } = reasoning
  if (hidesThoughts === true && summary !== undefined && summary !== 'none')
    losses.lose('reasoning.summary', 'thoughts are not shown in this format')
  if (asksReasoning === 'reasoning') {
    if (effort !== undefined) {
      loseBudget(reasoning, losses)
      return { reasoning: { effort } }
    }
    // -1: as many as the model likes.
    if (budgetTokens === undefined || budgetTokens < 0) return { reasoning: { enabled: true } }
    return { reasoning: budgetTokens === 0 ? { effort: 'none' } : { max_tokens: budgetTokens } }
  }
  loseBudget(reasoning, losses)
  const level = effort ?? (budgetTokens === undefined ? undefined : nearestEffort(budgetTokens))
  if (level !== undefined) return { reasoning_effort: level }
  return budgetTokens === undefined ? {} : (asksFreely ?? {})
}

function writeTools(tools: readonly Tool[], traits: Traits, losses: Losses): JsonValue[] {
  return tools.flatMap((tool, index) => {
    const { name, description, native, custom, cache } = tool
    if (native !== undefined) {
      if (native.format === 'openai-chat') return [native.value]
      losses.lose(`tools[${index}]`, "a provider's own tool; this format has no counterpart")
      return []
    }
    if (cache !== undefined && traits.cacheMarks !== true) losses.lose(`tools[${index}].cache_control`, NO_MARKS)
    const mark = cache !== undefined && traits.cacheMarks === true ? { cache_control: writeMark(cache.ttl) } : {}
    if (custom !== undefined) {
      return [{ type: 'custom', custom: compact({ name, description, format: custom.format }), ...mark }]
    }
    const { parameters } = tool
    const strict = fitStrict(tool.strict, parameters, traits, (why) => losses.lose(`tools[${index}].strict`, why))
    return [{ type: 'function', function: compact({ name, description, parameters, strict }), ...mark }]
  })
}

export const NO_MARKS = 'the provider takes no cache marks; it caches by itself or not at all'

export function writeMark(ttl: '5m' | '1h' | undefined): JsonObject {
  return ttl === undefined ? { type: 'ephemeral' } : { type: 'ephemeral', ttl }
}

function writeToolChoice(choice: ToolChoice | undefined, tools: readonly Tool[]): JsonValue | undefined {
  if (choice === undefined || typeof choice === 'string') return choice
  const named = (name: string): JsonObject =>
    tools.some((tool) => tool.name === name && tool.custom !== undefined)
      ? { type: 'custom', custom: { name } }
      : { type: 'function', function: { name } }
  if ('name' in choice) return named(choice.name)
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools: choice.allowed.map(named) } }
}

/** Chat Completions has what is said of a schema one level deeper than Responses. */
function nestSchema(format: JsonObject | undefined): JsonObject | undefined {
  if (format?.['type'] !== 'json_schema') return format
  const { type, ...schema } = format
  return { type, json_schema: schema }
}
