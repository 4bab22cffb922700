import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, ResponseFormat } from '../../core/request.ts'
import type { WrittenRequest } from '../../core/wire-format.ts'
import { createCallIds } from '../shared/call-ids.ts'
import { customAsFunctions, INPUT } from '../shared/custom-as-function.ts'
import { fitToolNames, PLAIN_NAME } from '../shared/fit-tool-names.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { compact } from '../shared/read-json.ts'
import { idShapeOf } from './call-ids.ts'
import { createDocumentNames } from './document-names.ts'
import { claudeFacts, familyOf, keepsSchemas } from './models.ts'
import { writeMessages } from './write-messages.ts'
import { writeThinking } from './write-thinking.ts'
import { writeTools } from './write-tools.ts'

/**
 * A request of any client as a Converse body. The model and whether the answer streams stand in the path.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function writeRequest(asked: ChatRequest, model: string): WrittenRequest {
  const losses = createLosses()
  const { request: withFunctions, customTools } = customAsFunctions(asked, INPUT, losses)
  const { request, toolNames } = fitToolNames(withFunctions, PLAIN_NAME)
  const { messages } = request
  const ids = createCallIds(messages, idShapeOf(model))
  const writing = { model, losses, ids, documentName: createDocumentNames() }
  const said = writeMessages(messages, writing)
  const thinking = writeThinking(request, model, said.loop, losses)
  const { toolConfig, instruction } = writeTools(request, said.hasToolBlocks, thinking.isOn, writing)
  const format = writeResponseFormat(request.responseFormat, model, losses)
  const told = [instruction, format.instruction].filter((text) => text !== undefined)
  const system = [...said.system, ...told.map((text) => ({ text }))]
  const { config, extra } = writeSampling(request, model, thinking.isOn, losses)
  const fields = { ...thinking.fields, ...extra }
  loseRest(request, losses)
  const stopsClaude = familyOf(model) === 'claude' && (request.sampling.stop?.length ?? 0) > 0
  const body = compact({
    messages: said.messages,
    system: orNothing(system),
    inferenceConfig: orNothing(config),
    toolConfig,
    additionalModelRequestFields: orNothing(fields),
    // Which of them it was is not said otherwise: in `delta` of streams, beside it of whole answers.
    additionalModelResponseFieldPaths: stopsClaude ? ['/delta/stop_sequence', '/stop_sequence'] : undefined,
    outputConfig: format.output,
    requestMetadata: writeMetadata(request.metadata, losses),
  })
  return { body, losses: losses.list, toolNames, customTools }
}

function orNothing<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}

/** `inferenceConfig`, and what this model takes besides. */
function writeSampling(
  { sampling }: ChatRequest,
  model: string,
  thinks: boolean,
  losses: Losses,
): { readonly config: JsonObject; readonly extra: JsonObject } {
  const { maxOutputTokens, stop } = sampling
  const family = familyOf(model)
  const kept = family === 'claude' ? claudeSampling(sampling, model, thinks, losses) : sampling
  const config = compact({
    maxTokens: maxOutputTokens,
    temperature: kept.temperature,
    topP: kept.topP,
    stopSequences: stop !== undefined && stop.length > 0 ? stop : undefined,
  })
  const { topK } = kept
  if (topK === undefined) return { config, extra: {} }
  if (family === 'claude' || family === 'mistral' || family === 'unknown') return { config, extra: { top_k: topK } }
  if (family === 'nova') return { config, extra: { inferenceConfig: { topK } } }
  losses.lose('top_k', 'this model has no such setting')
  return { config, extra: {} }
}

type Tuned = Pick<ChatRequest['sampling'], 'temperature' | 'topP' | 'topK'>

/** Claude refuses them all from 4.7 on, temperature together with top_p from 4.5 on, and nearly all while it thinks. */
function claudeSampling({ temperature, topP, topK }: Tuned, model: string, thinks: boolean, losses: Losses): Tuned {
  const { sampling } = claudeFacts(model)
  const drop = (name: string, value: number | undefined, when: boolean, reason: string): number | undefined => {
    if (value === undefined || !when) return value
    // 1 is the default of both scales.
    if (name === 'top_k' || value !== 1) losses.lose(name, reason)
    return undefined
  }
  const reason = sampling === 'none' ? 'this model refuses it' : 'a model that thinks refuses it'
  const isRefused = sampling === 'none' || thinks
  const warmth = drop('temperature', temperature, isRefused && (sampling === 'none' || temperature !== 1), reason)
  const share = drop('top_p', topP, isRefused && (sampling === 'none' || (topP ?? 1) < 0.95), reason)
  const isBoth = sampling === 'one' && warmth !== undefined
  return {
    temperature: warmth,
    topP: drop('top_p', share, isBoth, 'this model takes temperature or top_p, not both'),
    topK: drop('top_k', topK, isRefused, reason),
  }
}

/** What no model of Bedrock has a field for. Zero penalties and one answer ask for nothing. */
function loseRest({ sampling, user }: ChatRequest, losses: Losses): void {
  const reason = 'Bedrock has no such setting'
  if ((sampling.choices ?? 1) !== 1) losses.lose('n', 'one answer a call')
  if ((sampling.presencePenalty ?? 0) !== 0) losses.lose('presence_penalty', reason)
  if ((sampling.frequencyPenalty ?? 0) !== 0) losses.lose('frequency_penalty', reason)
  if (sampling.seed !== undefined) losses.lose('seed', reason)
  if (sampling.logprobs === true) losses.lose('logprobs', reason)
  if ((sampling.topLogprobs ?? 0) !== 0) losses.lose('top_logprobs', reason)
  if (user !== undefined) losses.lose('user', reason)
}

const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/
const MAX_METADATA = 16

/** At most 16 pairs of texts, of few characters. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
function writeMetadata(metadata: JsonObject | undefined, losses: Losses): JsonObject | undefined {
  const written: Record<string, string> = {}
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const fits = typeof value === 'string' && METADATA.test(name) && (value === '' || METADATA.test(value))
    if (fits && Object.keys(written).length < MAX_METADATA) written[name] = value
    else losses.lose(`metadata.${name}`, 'labels are at most 16 pairs of plain text here')
  }
  return orNothing(written)
}

type WrittenFormat = { readonly output: JsonObject | undefined; readonly instruction: string | undefined }

/** A schema natively where the model is held to it; else in words. A forced tool would hide from the client what was said. */
function writeResponseFormat(format: ResponseFormat | undefined, model: string, losses: Losses): WrittenFormat {
  switch (format?.type) {
    case undefined:
    case 'text':
      return { output: undefined, instruction: undefined }
    case 'json-object':
      losses.lose('response_format', 'no such mode here: the model was told to answer in JSON')
      return { output: undefined, instruction: 'Answer with one JSON object and nothing else, without a code fence.' }
    case 'json-schema': {
      const { schema, name, description } = format
      const text = JSON.stringify(schema)
      if (keepsSchemas(model)) {
        const structure = {
          jsonSchema: compact({ schema: text, name: name?.replace(/[^a-zA-Z0-9_-]/g, '_'), description }),
        }
        return { output: { textFormat: { type: 'json_schema', structure } }, instruction: undefined }
      }
      losses.lose('response_format', 'this model is not held to a schema: it was told to keep to it')
      const about = description === undefined ? '' : ` (${description})`
      return {
        output: undefined,
        instruction: `Answer with one JSON value that fits this JSON Schema${about}, and nothing else, without a code fence:\n${text}`,
      }
    }
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}
