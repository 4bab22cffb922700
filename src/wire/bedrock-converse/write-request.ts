import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { ChatRequest, ResponseFormat, Sampling } from '../../core/request.ts'
import type { WrittenRequest } from '../../core/wire-format.ts'
import type { ModelRules } from '../anthropic-messages/model-rules.ts'
import { rulesBeside } from '../anthropic-messages/model-rules.ts'
import { outputSchema, SAID_IN_WORDS } from '../anthropic-messages/output-schema.ts'
import { tunedFor } from '../anthropic-messages/write-sampling.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { createCallIds } from '../shared/call-ids.ts'
import { customAsFunctions, INPUT } from '../shared/custom-as-function.ts'
import { fitToolNames, PLAIN_NAME } from '../shared/fit-tool-names.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { compact } from '../shared/read-json.ts'
import { idShapeOf } from './call-ids.ts'
import { createDocumentNames } from './document-names.ts'
import { claudeRules, familyOf, keepsSchemas, schemasOf, takesStops } from './models.ts'
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
  const { request: named, toolNames } = fitToolNames(withFunctions, PLAIN_NAME)
  const { request, readArguments } = fitToolSchemas(named, SCHEMA_SUBSETS[schemasOf(model)], losses)
  const { messages } = request
  const ids = createCallIds(messages, idShapeOf(model))
  const format = writeResponseFormat(request.responseFormat, model, losses)
  const isHeld = format.output !== undefined
  const rules = familyOf(model) === 'claude' ? rulesBeside(claudeRules(model), isHeld) : undefined
  const writing = { model, rules, losses, ids, documentName: createDocumentNames() }
  const said = writeMessages(messages, writing)
  const thinking = writeThinking(request, model, rules, losses)
  const { toolConfig, instruction } = writeTools(request, said.hasToolBlocks, thinking.isOn, writing)
  const told = [instruction, format.instruction].filter((text) => text !== undefined)
  const system = [...said.system, ...told.map((text) => ({ text }))]
  const { config, extra } = writeSampling(request.sampling, thinking.isOn, writing)
  const fields = { ...thinking.fields, ...extra }
  loseRest(request, losses)
  const stopsClaude = rules !== undefined && config['stopSequences'] !== undefined
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
  return { body, losses: losses.list, toolNames, customTools, readArguments }
}

function orNothing<Value extends object>(value: Value): Value | undefined {
  return Object.keys(value).length === 0 ? undefined : value
}

type Writing = { readonly model: string; readonly rules: ModelRules | undefined; readonly losses: Losses }

/** `inferenceConfig`, and what this model takes besides. */
function writeSampling(
  sampling: Sampling,
  thinks: boolean,
  { model, rules, losses }: Writing,
): { readonly config: JsonObject; readonly extra: JsonObject } {
  const { temperature, topP, topK } = rules === undefined ? sampling : tunedFor(sampling, rules, thinks, losses)
  const config = compact({
    maxTokens: sampling.maxOutputTokens,
    temperature: onScale('temperature', temperature, losses),
    topP: onScale('top_p', topP, losses),
    stopSequences: writeStops(sampling.stop, model, losses),
  })
  if (topK === undefined) return { config, extra: {} }
  const family = familyOf(model)
  if (family === 'claude' || family === 'mistral' || family === 'unknown') return { config, extra: { top_k: topK } }
  if (family === 'nova') return { config, extra: { inferenceConfig: { topK } } }
  losses.lose('top_k', 'this model has no such setting')
  return { config, extra: {} }
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html */
function onScale(name: string, value: number | undefined, losses: Losses): number | undefined {
  if (value === undefined || (value >= 0 && value <= 1)) return value
  const nearest = value < 0 ? 0 : 1
  losses.lose(name, `the scale is from 0 to 1; ${nearest} was sent`)
  return nearest
}

/** Sequences have at least one character, and for Claude one that is seen. */
function writeStops(stop: Sampling['stop'], model: string, losses: Losses): JsonValue | undefined {
  const seen = stop?.filter((one) => (familyOf(model) === 'claude' ? one.trim() : one) !== '') ?? []
  if (seen.length < (stop?.length ?? 0)) losses.lose('stop', 'empty sequences are not taken')
  if (seen.length === 0) return undefined
  if (takesStops(model)) return seen
  losses.lose('stop', 'this model does not stop at sequences')
  return undefined
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
      // One subset of JSON Schema for all of them, and it is Anthropic's.
      const written = keepsSchemas(model) ? outputSchema(schema) : undefined
      if (written !== undefined) {
        if (!written.isExact) losses.lose('response_format.json_schema.schema', SAID_IN_WORDS)
        const jsonSchema = compact({
          schema: JSON.stringify(written.schema),
          name: name?.replace(/[^a-zA-Z0-9_-]/g, '_'),
          description,
        })
        return { output: { textFormat: { type: 'json_schema', structure: { jsonSchema } } }, instruction: undefined }
      }
      losses.lose('response_format', 'this model is not held to this schema: it was told to keep to it')
      const about = description === undefined ? '' : ` (${description})`
      return {
        output: undefined,
        instruction: `Answer with one JSON value that fits this JSON Schema${about}, and nothing else, without a code fence:\n${JSON.stringify(schema)}`,
      }
    }
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}
