import type { JsonObject } from '../../core/json.ts'
import { EFFORT_SHARES, USUAL_ANSWER_TOKENS } from '../../core/nearest-effort.ts'
import type { ChatRequest, Reasoning, ResponseFormat, Sampling } from '../../core/request.ts'
import type { Tool } from '../../core/tool.ts'
import type { Traits, WrittenRequest } from '../../core/wire-format.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { chosenTools } from '../shared/chosen-tools.ts'
import { customAsFunctions, DESCRIBED_INPUT } from '../shared/custom-as-function.ts'
import { jsonInstruction } from '../shared/json-instruction.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { loseDescription } from '../shared/lose-description.ts'
import { NO_MARKS } from '../shared/no-cache-marks.ts'
import { compact } from '../shared/read-json.ts'
import { writeMessages } from './write-messages.ts'

/** A request of any client as Cohere's Chat API takes it. https://docs.cohere.com/reference/chat */
export function writeRequest(asked: ChatRequest, model: string, traits: Traits = {}): WrittenRequest {
  const losses = createLosses()
  const { request: withFunctions, customTools } = customAsFunctions(asked, DESCRIBED_INPUT, losses)
  const { request, readArguments } = fitToolSchemas(withFunctions, SCHEMA_SUBSETS.cohere, losses)
  const chosen = chosenTools(request.tools, request.toolChoice, losses)
  const tools = chosen.tools.filter((tool) => isWritable(tool, request, losses))
  const hasTools = tools.length > 0
  const format = request.responseFormat
  const asksForJson = format !== undefined && format.type !== 'text'
  const { messages, documents } = writeMessages(request.messages, {
    losses,
    // "response_format is not supported with RAG", nor with tools: https://docs.cohere.com/reference/errors
    takesDocuments: !asksForJson,
    omitsThoughts: traits.reasoning === 'omit',
    instruction: asksForJson && hasTools ? jsonInstruction(format) : undefined,
  })
  if (asksForJson && hasTools) {
    losses.lose('response_format', 'it cannot be had together with tools; an instruction asks for JSON instead')
  }
  loseUnknown(request, losses)
  const body = compact({
    model,
    messages,
    documents: documents.length > 0 ? documents : undefined,
    tools: hasTools ? tools.map(writeTool) : undefined,
    strict_tools: hasTools ? writeStrict(tools, request, losses) : undefined,
    tool_choice: hasTools ? CHOICES[chosen.mode ?? 'auto'] : undefined,
    response_format: hasTools ? undefined : writeFormat(format, losses),
    ...writeSampling(request.sampling, losses),
    thinking: writeThinking(request.reasoning, request.sampling.maxOutputTokens, losses),
    stream: request.stream,
  })
  return { body, losses: losses.list, customTools, readArguments }
}

/** There is no word for `auto`: it is what happens. */
const CHOICES: Readonly<Record<'auto' | 'none' | 'required', string | undefined>> = {
  auto: undefined,
  none: 'NONE',
  required: 'REQUIRED',
}

function isWritable(tool: Tool, request: ChatRequest, losses: Losses): boolean {
  const path = `tools[${request.tools.indexOf(tool)}]`
  if (tool.native !== undefined) {
    losses.lose(path, "a provider's own tool; this format has no counterpart")
    return false
  }
  if (tool.cache !== undefined) losses.lose(`${path}.cache_control`, NO_MARKS)
  return true
}

function writeTool({ name, description, parameters }: Tool): JsonObject {
  const schema = parameters ?? { type: 'object', properties: {} }
  return { type: 'function', function: compact({ name, description, parameters: schema }) }
}

/** Strictness is said for all tools at once: only where all of them ask for the same. */
function writeStrict(tools: readonly Tool[], request: ChatRequest, losses: Losses): boolean | undefined {
  const strict = tools[0]?.strict
  if (tools.every((tool) => tool.strict === strict)) return strict
  for (const tool of tools) {
    const path = `tools[${request.tools.indexOf(tool)}].strict`
    if (tool.strict === true) losses.lose(path, 'tools are strict all together or not at all')
  }
  return undefined
}

function writeFormat(format: ResponseFormat | undefined, losses: Losses): JsonObject | undefined {
  switch (format?.type) {
    case undefined:
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json-object':
      return { type: 'json_object' }
    case 'json-schema':
      loseDescription(format, losses)
      return { type: 'json_object', json_schema: format.schema }
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}

const MAX_STOPS = 5

function writeSampling(sampling: Sampling, losses: Losses): JsonObject {
  const { stop, topP, topK, presencePenalty, frequencyPenalty } = sampling
  if (stop !== undefined && stop.length > MAX_STOPS) {
    losses.lose('stop', `at most ${MAX_STOPS} stop sequences are taken; the first ${MAX_STOPS} were sent`)
  }
  const within = (name: string, value: number | undefined, least: number, most: number): number | undefined => {
    if (value === undefined || (value >= least && value <= most)) return value
    const nearest = value < least ? least : most
    // The ends of the scale itself: 1 takes all tokens, and so does 0.99 for all that anybody can tell.
    if (name !== 'top_p' || value !== 1) losses.lose(name, `only ${least} to ${most} is taken; ${nearest} was sent`)
    return nearest
  }
  return compact({
    max_tokens: sampling.maxOutputTokens,
    temperature: sampling.temperature,
    p: within('top_p', topP, 0.01, 0.99),
    k: within('top_k', topK, 0, 500),
    stop_sequences: stop?.slice(0, MAX_STOPS),
    seed: within('seed', sampling.seed, 0, Number.MAX_SAFE_INTEGER),
    presence_penalty: within('presence_penalty', presencePenalty, 0, 1),
    frequency_penalty: within('frequency_penalty', frequencyPenalty, 0, 1),
    logprobs: sampling.logprobs,
  })
}

function writeThinking(
  reasoning: Reasoning | undefined,
  maxTokens: number | undefined,
  losses: Losses,
): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  const { effort, budgetTokens } = reasoning
  if (budgetTokens === undefined && effort === undefined) return undefined
  if (budgetTokens === 0 || ((budgetTokens ?? -1) < 0 && effort === 'none')) return { type: 'disabled' }
  if (budgetTokens !== undefined && budgetTokens > 0) {
    if (effort !== undefined) losses.lose('reasoning.effort', 'the budget that was said was sent')
    return { type: 'enabled', token_budget: budgetTokens }
  }
  if (effort === undefined) return { type: 'enabled' }
  // Without a budget a model thinks as long as it likes: what the levels above `high` ask for.
  const share = effort === 'xhigh' || effort === 'max' ? undefined : EFFORT_SHARES[effort ?? '']
  if (share === undefined) return { type: 'enabled' }
  return { type: 'enabled', token_budget: Math.max(1, Math.floor(share * (maxTokens ?? USUAL_ANSWER_TOKENS))) }
}

function loseUnknown({ sampling, parallelToolCalls, user, metadata }: ChatRequest, losses: Losses): void {
  if ((sampling.choices ?? 1) > 1) losses.lose('n', 'one answer a call is all there is')
  if ((sampling.topLogprobs ?? 0) > 0) losses.lose('top_logprobs', 'only the chosen tokens have log probabilities')
  if (parallelToolCalls === false)
    losses.lose('parallel_tool_calls', 'the model decides how many tools it calls at once')
  if (user !== undefined) losses.lose('user', 'this format names no end user')
  if (Object.keys(metadata ?? {}).length > 0) losses.lose('metadata', 'this format takes no labels')
}
