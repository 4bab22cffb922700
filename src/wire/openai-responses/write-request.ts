import type { JsonObject } from '../../core/json.ts'
import { nearestEffort } from '../../core/nearest-effort.ts'
import type { ChatRequest, Reasoning } from '../../core/request.ts'
import type { Traits, WrittenRequest } from '../../core/wire-format.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { subsetOf } from '../schema/subset-of.ts'
import { fitToolNames, PLAIN_NAME } from '../shared/fit-tool-names.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { loseBudget } from '../shared/lose-reasoning.ts'
import { writeResponseFormat } from '../shared/openai-response-format.ts'
import { compact, textOf } from '../shared/read-json.ts'
import { LOGPROBS } from './read-request.ts'
import { pathsOf } from './request-paths.ts'
import { ENCRYPTED } from './unread.ts'
import { writeItems } from './write-items.ts'
import { writeToolChoice, writeTools } from './write-tools.ts'

/**
 * A request of any client as a Responses body. The whole conversation is sent, so nothing needs to be kept: `store` is
 * false, and what a model thinks is asked for in a form that can be sent back.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export function writeRequest(asked: ChatRequest, model: string, traits: Traits = {}): WrittenRequest {
  const losses = createLosses()
  const { request: named, toolNames } = fitToolNames(asked, PLAIN_NAME)
  const { request, readArguments } = fitToolSchemas(named, subsetOf(model, traits), losses)
  const { sampling } = request
  const instructions = instructionsOf(request)
  const tools = writeTools(request.tools, traits, losses)
  const hasTools = tools.length > 0
  const reasoning = writeReasoning(request.reasoning, traits, losses)
  const { verbosity, ...openai } = request.openai ?? {}
  const text = compact({ format: writeResponseFormat(request.responseFormat, traits, losses), verbosity })
  const include = [
    ...(wantsState(reasoning, model, traits) ? [ENCRYPTED] : []),
    ...(sampling.logprobs === true ? [LOGPROBS] : []),
  ]
  loseSampling(request, losses)
  const items = writeItems(request.messages, instructions === undefined ? 0 : 1, losses)
  const body = compact({
    model,
    instructions,
    input: items.written,
    tools: hasTools ? tools : undefined,
    tool_choice: hasTools ? writeToolChoice(request.toolChoice, request.tools) : undefined,
    parallel_tool_calls: hasTools ? request.parallelToolCalls : undefined,
    max_output_tokens: writeLimit(sampling.maxOutputTokens, losses),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_logprobs: sampling.logprobs === true ? sampling.topLogprobs : undefined,
    reasoning,
    text: Object.keys(text).length === 0 ? undefined : text,
    include: include.length === 0 ? undefined : include,
    user: request.user === openai['safety_identifier'] ? undefined : request.user,
    metadata: request.metadata,
    store: false,
    ...openai,
    stream: request.stream ? true : undefined,
  })
  // Seldom asked for.
  let pathOf: ReturnType<typeof pathsOf> | undefined
  const requestPath = (path: string): string => {
    pathOf ??= pathsOf(request, items.written, items.origins)
    return pathOf(path)
  }
  return { body, losses: losses.list, toolNames, readArguments, requestPath }
}

/** The first turn, where it is the system's and nothing but one text, and others follow: `input` must not be empty. */
function instructionsOf({ messages }: ChatRequest): string | undefined {
  const [first] = messages
  if (first?.role !== 'system' || messages.length === 1 || first.name !== undefined || first.content.length !== 1)
    return undefined
  const [only] = first.content
  return only?.type === 'text' && only.cache === undefined && only.text !== '' ? only.text : undefined
}

/** "Expected a value >= 16": https://github.com/vectorize-io/hindsight/issues/58 */
const LEAST_TOKENS = 16

function writeLimit(tokens: number | undefined, losses: Losses): number | undefined {
  if (tokens === undefined || tokens >= LEAST_TOKENS) return tokens
  losses.lose('max_tokens', `at least ${LEAST_TOKENS} tokens must be allowed; that was sent`)
  return LEAST_TOKENS
}

function loseSampling({ sampling }: ChatRequest, losses: Losses): void {
  const { stop, topK, seed, choices, presencePenalty, frequencyPenalty } = sampling
  const reason = 'the Responses API has no such parameter'
  if (stop !== undefined && stop.length > 0) losses.lose('stop', reason)
  if (topK !== undefined) losses.lose('top_k', reason)
  if (seed !== undefined) losses.lose('seed', reason)
  if (choices !== undefined && choices > 1) losses.lose('n', 'one answer a call is all this format has')
  if (presencePenalty !== undefined && presencePenalty !== 0) losses.lose('presence_penalty', reason)
  if (frequencyPenalty !== undefined && frequencyPenalty !== 0) losses.lose('frequency_penalty', reason)
}

function writeReasoning(
  reasoning: Reasoning | undefined,
  { asksFreely }: Traits,
  losses: Losses,
): JsonObject | undefined {
  if (reasoning === undefined) return undefined
  const { effort, budgetTokens, summary } = reasoning
  loseBudget(reasoning, losses)
  const nearest = budgetTokens === undefined ? undefined : nearestEffort(budgetTokens)
  const level = effort ?? nearest ?? (budgetTokens === undefined ? undefined : asksFreely?.['reasoning_effort'])
  const written = compact({ effort: level, summary })
  return Object.keys(written).length === 0 ? undefined : written
}

/**
 * Models that think do so unasked, some even when told not to. Others refuse to be asked for their state, so that nothing
 * is asked of a model of which nothing is known. https://github.com/pydantic/pydantic-ai/issues/2865
 */
function wantsState(reasoning: JsonObject | undefined, model: string, { thinks }: Traits): boolean {
  const effort = textOf(reasoning?.['effort'])
  return (reasoning !== undefined && effort !== 'none') || thinks?.(model, effort) === true
}
