import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Rejection } from './format.ts'
import { invalid } from './openai-chat/rejection.ts'
import { memberOf, objectsOf, textOf } from './read-json.ts'

// What depends on OpenAI's model, by its name. Any other name is a model that takes everything.

const RESPONSES_ONLY =
  /^(?:gpt-5(?:\.\d)?-(?:codex|pro)|gpt-5\.1-codex-m|codex-mini|o[13]-pro|o[34](?:-mini)?-deep-research|computer-use)/
const NO_TOOLS_WHILE_THINKING = /^gpt-(?:5\.[4-9]|[6-9])/
const THINKS_UNASKED = /^gpt-(?:5\.[5-9]|[6-9])/

/** Levels of effort by model, the first that matches; none where the model does not think. */
const LEVELS: readonly (readonly [RegExp, string])[] = [
  [/^gpt-[34]|^chatgpt|^gpt-5-chat/, ''],
  [/^gpt-5\.\d-chat|deep-research/, 'medium'],
  [/^gpt-5-pro/, 'high'],
  [/^gpt-5\.\d-pro/, 'medium high xhigh'],
  [/^gpt-5\.1-codex-max|^gpt-5\.[2-9]-codex/, 'low medium high xhigh'],
  [/^gpt-5(?:\.1)?-codex|^codex|^o[1-9]/, 'low medium high'],
  [/^gpt-5(?!\.)/, 'minimal low medium high'],
  [/^gpt-5\.1/, 'none low medium high'],
  [/^gpt-5\.[2-5]/, 'none low medium high xhigh'],
  [/^gpt-(?:5\.[6-9]|[6-9])/, 'none low medium high xhigh max'],
]

/**
 * Models that know no stop sequences, thinking or not. https://github.com/huggingface/smolagents/pull/1868,
 * https://github.com/huggingface/smolagents/issues/1893, https://github.com/BerriAI/litellm/pull/28650
 */
const NO_STOP = /^(?:o[1-9]|gpt-5(?![\d.]*-chat)(?!\.[5-9]))/
/** https://github.com/langchain-ai/langchain/issues/29704, https://github.com/run-llama/llama_index/issues/20865 */
const NO_PARALLEL_CALLS = /^o[1-9]/

/** Thinks only if asked, and samples as told until then. https://platform.openai.com/docs/guides/latest-model */
const THINKS_IF_ASKED = /^gpt-5\.[1-4](?!.*(?:codex|pro))/

/** Whether a model will think. */
export function thinks(model: string, effort: JsonValue | undefined): boolean {
  const levels = levelsOf(model) ?? []
  return levels.length > 0 && (typeof effort === 'string' ? effort !== 'none' : !THINKS_IF_ASKED.test(model))
}

function levelsOf(model: string): readonly string[] | undefined {
  const known = LEVELS.find(([names]) => names.test(model))?.[1]
  return known?.split(' ').filter((level) => level !== '')
}

/** https://github.com/aaif-goose/goose/issues/2564 and https://github.com/openai/openai-openapi/issues/541 */
export function checkChatModel(body: JsonObject): Rejection | undefined {
  const model = baseOf(body['model'])
  if (RESPONSES_ONLY.test(model)) {
    const refusal = invalid('This model is only supported in v1/responses and not in v1/chat/completions.', 'model')
    return { ...refusal, status: 404 }
  }
  const effort = body['reasoning_effort'] ?? (THINKS_UNASKED.test(model) ? 'medium' : 'none')
  if (NO_TOOLS_WHILE_THINKING.test(model) && effort !== 'none' && objectsOf(body['tools']).length > 0) {
    return invalid(
      `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. Please use /v1/responses instead.`,
      'reasoning_effort',
    )
  }
  return (
    checkEffort(model, body['reasoning_effort'], 'reasoning_effort') ??
    checkVerbosity(model, body, 'verbosity') ??
    checkAbsent(NO_STOP, model, body, 'stop') ??
    checkAbsent(NO_PARALLEL_CALLS, model, body, 'parallel_tool_calls')
  )
}

/** Refused whatever it says. */
function checkAbsent(names: RegExp, model: string, body: JsonObject, param: string): Rejection | undefined {
  return names.test(model) && body[param] !== undefined ? notSupported(param) : undefined
}

/** What a fine-tuned model was trained from: `ft:o4-mini-2025-04-16:org::id`. */
function baseOf(model: JsonValue | undefined): string {
  return textOf(model).replace(/^ft:([^:]+).*$/, '$1')
}

/** The same of a Responses body. */
export function checkResponsesModel(body: JsonObject): Rejection | undefined {
  const model = baseOf(body['model'])
  const { reasoning, text, include } = body
  if (levelsOf(model)?.length === 0 && Array.isArray(include) && include.includes('reasoning.encrypted_content')) {
    return invalid('Encrypted content is not supported with this model.', 'include')
  }
  return (
    checkEffort(model, memberOf(reasoning, 'effort'), 'reasoning.effort') ??
    checkVerbosity(model, text, 'text.verbosity')
  )
}

/** https://github.com/openai/openai-agents-python/issues/2089 */
function checkEffort(model: string, effort: JsonValue | undefined, param: string): Rejection | undefined {
  const levels = levelsOf(model)
  if (levels === undefined || typeof effort !== 'string' || levels.includes(effort)) return undefined
  return levels.length === 0 ? notSupported(param) : unsupported(model, param, effort, levels)
}

function notSupported(param: string): Rejection {
  return invalid(`Unsupported parameter: '${param}' is not supported with this model.`, param, 'unsupported_parameter')
}

/** https://cookbook.openai.com/examples/gpt-5-codex_prompting_guide: "does not support the verbosity parameter" */
function checkVerbosity(model: string, holder: JsonValue | undefined, param: string): Rejection | undefined {
  const verbosity = memberOf(holder, 'verbosity')
  const isOlder = /^(?:gpt-[34]|chatgpt|o[1-9]|codex)|^gpt-5.*(?:codex|chat)/.test(model)
  return isOlder && typeof verbosity === 'string' && verbosity !== 'medium'
    ? unsupported(model, param, verbosity, ['medium'])
    : undefined
}

function unsupported(model: string, param: string, value: string, levels: readonly string[]): Rejection {
  const names = levels.map((level) => `'${level}'`).join(', ')
  return invalid(
    `Unsupported value: '${value}' is not supported with the '${model}' model. Supported values are: ${names}.`,
    param,
    'unsupported_value',
  )
}
