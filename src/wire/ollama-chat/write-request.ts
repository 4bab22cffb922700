import type { JsonObject, JsonValue } from '../../core/json.ts'
import { nearestEffort } from '../../core/nearest-effort.ts'
import type { ChatRequest, Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import { table } from '../../core/table.ts'
import type { Tool } from '../../core/tool.ts'
import type { Traits, WrittenRequest } from '../../core/wire-format.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { chosenTools } from '../shared/chosen-tools.ts'
import { customAsFunctions, DESCRIBED_INPUT } from '../shared/custom-as-function.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { loseDescription } from '../shared/lose-description.ts'
import { loseBudget } from '../shared/lose-reasoning.ts'
import { NO_MARKS } from '../shared/no-cache-marks.ts'
import { compact } from '../shared/read-json.ts'
import { writeMessages } from './write-messages.ts'

/** A request of any client as Ollama's own chat API takes it. https://docs.ollama.com/api/chat */
export function writeRequest(asked: ChatRequest, model: string, traits: Traits = {}): WrittenRequest {
  const losses = createLosses()
  const { request: withFunctions, customTools } = customAsFunctions(asked, DESCRIBED_INPUT, losses)
  const { request, readArguments } = fitToolSchemas(withFunctions, SCHEMA_SUBSETS.ollama, losses)
  const { sampling } = request
  const tools = writeTools(request, losses)
  loseUnknown(request, losses)
  const options = writeOptions(sampling)
  const body = compact({
    model,
    messages: writeMessages(request.messages, losses, traits.reasoning === 'omit'),
    tools: tools.length > 0 ? tools : undefined,
    format: writeFormat(request.responseFormat, losses),
    think: writeThink(request.reasoning, losses),
    options: Object.keys(options).length > 0 ? options : undefined,
    logprobs: sampling.logprobs,
    top_logprobs: sampling.topLogprobs,
    // Left out, it would stream.
    stream: request.stream,
  })
  return { body, losses: losses.list, customTools, readArguments }
}

/** Nothing forces a call: a choice can only leave tools out. */
function writeTools(request: ChatRequest, losses: Losses): JsonObject[] {
  const { tools, mode } = chosenTools(request.tools, request.toolChoice, losses)
  if (mode === 'none') return []
  if (mode === 'required' && tools.length > 0) losses.lose('tool_choice', 'a model cannot be made to call a tool')
  return tools.flatMap((tool) => writeTool(tool, `tools[${request.tools.indexOf(tool)}]`, losses))
}

function writeTool(tool: Tool, path: string, losses: Losses): JsonObject[] {
  const { name, description, parameters, native, cache, strict } = tool
  if (native !== undefined) {
    losses.lose(path, "a provider's own tool; this format has no counterpart")
    return []
  }
  if (cache !== undefined) losses.lose(`${path}.cache_control`, NO_MARKS)
  if (strict === true) losses.lose(`${path}.strict`, 'a model is not held to the schema of its arguments')
  const schema = parameters ?? { type: 'object', properties: {} }
  return [{ type: 'function', function: compact({ name, description, parameters: schema }) }]
}

function writeFormat(format: ResponseFormat | undefined, losses: Losses): JsonValue | undefined {
  switch (format?.type) {
    case undefined:
    case 'text':
      return undefined
    case 'json-object':
      return 'json'
    case 'json-schema':
      loseDescription(format, losses)
      return format.schema
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}

/** What is sent for each level. A model that cannot think refuses all but false. */
const LEVELS = table<string | boolean>({
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
  max: 'max',
})

function writeThink(reasoning: Reasoning | undefined, losses: Losses): string | boolean | undefined {
  const { effort, budgetTokens } = reasoning ?? {}
  loseBudget(reasoning ?? {}, losses)
  if (effort !== undefined) {
    const level = LEVELS[effort] ?? true
    if (level !== effort && effort !== 'none') losses.lose('reasoning.effort', `${level} is the nearest level there is`)
    return level
  }
  if (budgetTokens === undefined) return undefined
  if (budgetTokens <= 0) return budgetTokens < 0
  return nearestEffort(budgetTokens)
}

function writeOptions(sampling: Sampling): JsonObject {
  return compact({
    num_predict: sampling.maxOutputTokens,
    temperature: sampling.temperature,
    top_k: sampling.topK,
    top_p: sampling.topP,
    stop: sampling.stop,
    seed: sampling.seed,
    presence_penalty: sampling.presencePenalty,
    frequency_penalty: sampling.frequencyPenalty,
  })
}

function loseUnknown({ sampling, parallelToolCalls, user, metadata }: ChatRequest, losses: Losses): void {
  if ((sampling.choices ?? 1) > 1) losses.lose('n', 'one answer a call is all there is')
  if (parallelToolCalls === false)
    losses.lose('parallel_tool_calls', 'the model decides how many tools it calls at once')
  if (user !== undefined) losses.lose('user', 'this format names no end user')
  if (Object.keys(metadata ?? {}).length > 0) losses.lose('metadata', 'this format takes no labels')
}
