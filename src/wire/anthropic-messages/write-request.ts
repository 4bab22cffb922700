import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, ResponseFormat, Sampling } from '../../core/request.ts'
import type { WrittenRequest } from '../../core/wire-format.ts'
import { fitToolSchemas } from '../schema/fit-tool-schemas.ts'
import { SCHEMA_SUBSETS } from '../schema/subsets.ts'
import { customAsFunctions, INPUT } from '../shared/custom-as-function.ts'
import { fitToolNames, PLAIN_NAME } from '../shared/fit-tool-names.ts'
import type { Losses } from '../shared/lose.ts'
import { createLosses } from '../shared/lose.ts'
import { compact } from '../shared/read-json.ts'
import { createCacheMarks } from './cache-marks.ts'
import type { ModelRules } from './model-rules.ts'
import { rulesBeside, rulesOf } from './model-rules.ts'
import { outputSchema, SAID_IN_WORDS } from './output-schema.ts'
import { writeConversation } from './write-messages.ts'
import { tunedFor } from './write-sampling.ts'
import { writeThinking } from './write-thinking.ts'
import { writeTools } from './write-tools.ts'

/** A request of any client as a Messages body for this model. https://platform.claude.com/docs/en/api/messages */
export function writeRequest(asked: ChatRequest, model: string): WrittenRequest {
  const losses = createLosses()
  const { request: withFunctions, customTools } = customAsFunctions(asked, INPUT, losses)
  const { request: named, toolNames } = fitToolNames(withFunctions, PLAIN_NAME)
  const { request, readArguments } = fitToolSchemas(named, SCHEMA_SUBSETS.anthropic, losses)
  const format = writeFormat(request.responseFormat, rulesOf(model), losses)
  const rules = rulesBeside(rulesOf(model), format.format !== undefined)
  const { sampling } = request
  const max_tokens = sampling.maxOutputTokens ?? rules.defaultMaxTokens
  const { thinking, effort, isThinking } = writeThinking(request, rules, max_tokens, losses)
  const marks = createCacheMarks(request, losses)
  // In the order of the prompt: tools, system, messages.
  const tools = writeTools(request, rules, isThinking, marks, losses)
  const { system, messages } = writeConversation(request.messages, rules, { marks, losses })
  const { instruction } = format
  const instructed = instruction === undefined ? system : [...system, { type: 'text', text: instruction }]
  const output_config = compact({ effort, format: format.format })
  if (Object.keys(request.metadata ?? {}).length > 0) losses.lose('metadata', 'requests carry no labels')
  const body = compact({
    model,
    max_tokens,
    system: instructed.length === 0 ? undefined : instructed,
    messages,
    ...tools,
    thinking,
    output_config: Object.keys(output_config).length === 0 ? undefined : output_config,
    ...writeSampling(sampling, rules, isThinking, losses),
    metadata: writeUser(request.user, losses),
    stream: request.stream ? true : undefined,
  })
  return { body, losses: losses.list, toolNames, customTools, readArguments }
}

/** Longer ones are refused. https://platform.claude.com/docs/en/api/messages#body-metadata-user-id */
const MAX_USER = 256

/** What is longer is no id that anybody could find again in part. */
function writeUser(user: string | undefined, losses: Losses): JsonObject | undefined {
  if (user === undefined || user.length <= MAX_USER) return user === undefined ? undefined : { user_id: user }
  losses.lose('user', `an id has at most ${MAX_USER} characters here`)
  return undefined
}

function writeSampling(sampling: Sampling, rules: ModelRules, isThinking: boolean, losses: Losses): JsonObject {
  const { stop } = sampling
  loseSampling(sampling, losses)
  const stops = stop?.filter((one) => one.trim() !== '')
  if (stops?.length !== stop?.length) losses.lose('stop', 'sequences of white space are not taken')
  const { temperature, topP, topK } = tunedFor(sampling, rules, isThinking, losses)
  return {
    temperature,
    top_p: topP,
    top_k: topK,
    stop_sequences: stops === undefined || stops.length === 0 ? undefined : stops,
  }
}

function loseSampling(sampling: Sampling, losses: Losses): void {
  const said: readonly (readonly [string, boolean])[] = [
    ['n', (sampling.choices ?? 1) !== 1],
    ['presence_penalty', (sampling.presencePenalty ?? 0) !== 0],
    ['frequency_penalty', (sampling.frequencyPenalty ?? 0) !== 0],
    ['seed', sampling.seed !== undefined],
    ['logprobs', sampling.logprobs === true],
    ['top_logprobs', (sampling.topLogprobs ?? 0) !== 0],
  ]
  for (const [name, isSaid] of said) if (isSaid) losses.lose(name, 'this format has no counterpart')
}

type WrittenFormat = { readonly format?: JsonObject; readonly instruction?: string }

/** Where the model cannot be held to a schema it is asked to keep to it. */
export function writeFormat(format: ResponseFormat | undefined, rules: ModelRules, losses: Losses): WrittenFormat {
  switch (format?.type) {
    case undefined:
    case 'text':
      return {}
    case 'json-object':
      losses.lose('response_format', 'the model is asked for a JSON object, not held to one')
      return { instruction: 'Answer with one JSON object and nothing else: no Markdown, no words around it.' }
    case 'json-schema': {
      const written = rules.takesSchemas ? outputSchema(format.schema) : undefined
      if (written === undefined) return askForSchema(format, losses)
      if (!written.isExact) {
        losses.lose('response_format.json_schema.schema', SAID_IN_WORDS)
      }
      if (format.description === undefined) return { format: { type: 'json_schema', schema: written.schema } }
      return {
        format: { type: 'json_schema', schema: written.schema },
        instruction: `The answer's JSON is ${format.name ?? 'an object'}: ${format.description}`,
      }
    }
    default: {
      const unhandled: never = format
      return unhandled
    }
  }
}

function askForSchema(format: ResponseFormat & { type: 'json-schema' }, losses: Losses): WrittenFormat {
  losses.lose('response_format', 'the model is asked for JSON of this schema, not held to it')
  const about = format.description === undefined ? '' : ` It is ${format.description}`
  return {
    instruction: `Answer with one JSON value and nothing else: no Markdown, no words around it.${about} It must be valid against this JSON Schema:\n${JSON.stringify(format.schema)}`,
  }
}
