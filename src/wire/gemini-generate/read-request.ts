import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { ChatRequest, ResponseFormat, Sampling } from '../../core/request.ts'
import type { PathFacts } from '../../core/wire-format.ts'
import { isList, optionalBoolean, optionalNumber, optionalString, wrong } from '../shared/read-json.ts'
import { field } from './fields.ts'
import { readMessages } from './read-contents.ts'
import { readSchema } from './read-schema.ts'
import { readToolChoice, readTools } from './read-tools.ts'
import { readThinking } from './thinking.ts'

/**
 * A `GenerateContentRequest` as a ChatRequest. The path says the model and whether to stream.
 * https://ai.google.dev/api/generate-content
 */
export function readRequest(body: JsonObject, said: PathFacts = {}): ChatRequest {
  const model = body['model'] ?? said.model
  if (typeof model !== 'string' || model === '') {
    throw wrong('model', 'in the path: /v1beta/models/MODEL:generateContent', model)
  }
  const config = readConfig(body)
  return {
    model: model.replace(/^models\//, ''),
    messages: readMessages(body),
    tools: readTools(body),
    toolChoice: readToolChoice(body),
    parallelToolCalls: undefined,
    sampling: readSampling(config),
    reasoning: readThinking(field(config, 'thinkingConfig')),
    responseFormat: readResponseFormat(config),
    stream: said.stream ?? false,
    // Every stream of this format tells usage.
    includeUsage: true,
    user: undefined,
    metadata: undefined,
    native: { format: 'gemini-generate', body },
  }
}

function readConfig(body: JsonObject): JsonObject {
  const config = field(body, 'generationConfig')
  if (config === undefined || config === null) return {}
  if (!isJsonObject(config)) throw wrong('generationConfig', 'an object', config)
  return config
}

function readSampling(config: JsonObject): Sampling {
  const number = (name: string): number | undefined => optionalNumber(field(config, name), `generationConfig.${name}`)
  return {
    maxOutputTokens: number('maxOutputTokens'),
    temperature: number('temperature'),
    topP: number('topP'),
    topK: number('topK'),
    choices: number('candidateCount'),
    stop: readStop(field(config, 'stopSequences')),
    presencePenalty: number('presencePenalty'),
    frequencyPenalty: number('frequencyPenalty'),
    seed: number('seed'),
    logprobs: optionalBoolean(field(config, 'responseLogprobs'), 'generationConfig.responseLogprobs'),
    topLogprobs: number('logprobs'),
  }
}

function readStop(value: JsonValue | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (isList(value) && value.every((one) => typeof one === 'string')) return value
  throw wrong('generationConfig.stopSequences', 'a list of strings', value)
}

/** A schema asks for JSON, in whichever of its two notations; so does the type of its own. */
function readResponseFormat(config: JsonObject): ResponseFormat | undefined {
  const mimeType = optionalString(field(config, 'responseMimeType'), 'generationConfig.responseMimeType')
  // With the underscore it is what Google's API was first given, and older SDKs still send.
  const plain = field(config, 'responseJsonSchema') ?? field(config, '_responseJsonSchema')
  const openApi = field(config, 'responseSchema')
  if (mimeType === 'text/plain') return { type: 'text' }
  if (mimeType !== undefined && mimeType !== 'application/json') return undefined
  if (isJsonObject(plain)) return { type: 'json-schema', schema: plain }
  if (isJsonObject(openApi)) return { type: 'json-schema', schema: readSchema(openApi) }
  return mimeType === undefined ? undefined : { type: 'json-object' }
}
