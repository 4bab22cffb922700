import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { jsonInstruction } from '../shared/json-instruction.ts'
import type { Losses } from '../shared/lose.ts'
import { compact } from '../shared/read-json.ts'
import { isGemini3, modelFacts } from './model-facts.ts'
import { writeThinking } from './thinking.ts'

const MAX_STOPS = 5

/** `generationConfig`, and what has to be asked for in words because the model has no field for it. */
export function writeConfig(
  request: ChatRequest,
  model: string,
  losses: Losses,
): { readonly config: JsonObject; readonly instruction: string | undefined } {
  const { sampling, reasoning } = request
  const { choices, stop } = sampling
  if (choices !== undefined && choices > 1) losses.lose('n', 'a translated answer holds one choice; one was asked for')
  if (stop !== undefined && stop.length > MAX_STOPS)
    losses.lose('stop', `Gemini stops at no more than ${MAX_STOPS} sequences; the first ${MAX_STOPS} were sent`)
  const { format, instruction } = writeResponseFormat(request, model, losses)
  const config = compact({
    maxOutputTokens: sampling.maxOutputTokens,
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    candidateCount: choices === undefined ? undefined : Math.min(choices, 1),
    stopSequences: stop?.slice(0, MAX_STOPS),
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    seed: sampling.seed,
    responseLogprobs: sampling.logprobs,
    logprobs: sampling.topLogprobs,
    thinkingConfig: writeThinking(reasoning, model, losses),
    ...format,
  })
  return { config, instruction }
}

type Format = { readonly format: JsonObject; readonly instruction: string | undefined }

/**
 * Gemma knows no JSON mode, and no model before Gemini 3 takes it beside functions ("Function calling with a response
 * mime type: 'application/json' is unsupported"): there the schema is asked for in words.
 */
function writeResponseFormat({ responseFormat, tools }: ChatRequest, model: string, losses: Losses): Format {
  if (responseFormat === undefined) return { format: {}, instruction: undefined }
  if (responseFormat.type === 'text') return { format: { responseMimeType: 'text/plain' }, instruction: undefined }
  const isSchema = responseFormat.type === 'json-schema'
  if (modelFacts(model).isGemma || (tools.length > 0 && !isGemini3(model))) {
    losses.lose('response_format', 'the model takes no format here; it was asked for JSON in words')
    return { format: {}, instruction: jsonInstruction(responseFormat) }
  }
  if (isSchema && responseFormat.description !== undefined)
    losses.lose('response_format.json_schema.description', 'a format has no description')
  const schema = isSchema ? { responseJsonSchema: withoutDialect(responseFormat.schema) } : {}
  return { format: { responseMimeType: 'application/json', ...schema }, instruction: undefined }
}

function withoutDialect({ $schema: _, ...schema }: JsonObject): JsonObject {
  return schema
}
