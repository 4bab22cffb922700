import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest } from '../../core/request.ts'
import { fitAnswerSchema } from '../schema/fit-tool-schemas.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { jsonInstruction } from '../shared/json-instruction.ts'
import type { Losses } from '../shared/lose.ts'
import { loseDescription } from '../shared/lose-description.ts'
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
    seed: writeSeed(sampling.seed, losses),
    responseLogprobs: sampling.logprobs,
    logprobs: sampling.topLogprobs,
    thinkingConfig: writeThinking(reasoning, model, losses),
    ...format,
  })
  return { config, instruction }
}

/** https://ai.google.dev/api/generate-content#generationconfig: an int32. Any number does, as long as it is the same again. */
function writeSeed(seed: number | undefined, losses: Losses): number | undefined {
  if (seed === undefined || seed === (seed | 0)) return seed
  losses.lose('seed', `it has 32 bits; ${seed | 0} was sent`)
  return seed | 0
}

/** Why a format is not in `generationConfig`. */
export const FORMAT_IN_WORDS = 'the model takes no format here; it was asked for JSON in words'

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
    losses.lose('response_format', FORMAT_IN_WORDS)
    return { format: {}, instruction: jsonInstruction(responseFormat) }
  }
  if (isSchema) loseDescription(responseFormat, losses)
  const schema = isSchema
    ? { responseJsonSchema: fitAnswerSchema(responseFormat.schema, SCHEMA_SUBSETS['gemini-json'], losses) }
    : {}
  return { format: { responseMimeType: 'application/json', ...schema }, instruction: undefined }
}
