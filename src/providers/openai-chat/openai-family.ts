import type { WireFormatId } from '../../core/request.ts'
import type { Asked } from '../../core/spoken-format.ts'
import type { Traits } from '../../core/wire-format.ts'

// What OpenAI's models are, by their names. At Azure a deployment's name is whatever its owner chose: one that says
// nothing is asked as a chat, and gets what it was sent.

/** What a model was trained from: `o4-mini-2025-04-16` of `ft:o4-mini-2025-04-16:org::id`. https://platform.openai.com/docs/guides/supervised-fine-tuning */
function baseOf(model: string): string {
  return /^ft:([^:]+)/.exec(model)?.[1] ?? model
}

const REASONS = /^(?:o[1-9]|gpt-[5-9]|codex-mini|computer-use)/
const CHATS = /^(?:gpt-[34]|chatgpt|gpt-[5-9][\d.]*-chat)/

/** "This model is only supported in v1/responses and not in v1/chat/completions." https://github.com/aaif-goose/goose/issues/2564 */
const RESPONSES_ONLY = /^(?:codex-mini|computer-use|(?:o[1-9]|gpt-[5-9]).*(?:codex|-pro(?![a-z])|deep-research))/
/** Those that search in Chat Completions alone. https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat */
const CHAT_ONLY = /-search-(?:api|preview)/

/** Thinks before it answers, so that it fixes how it samples. */
export function isReasoning(model: string): boolean {
  return REASONS.test(baseOf(model)) && !isChat(model)
}

/** Known not to think. */
export function isChat(model: string): boolean {
  return CHATS.test(baseOf(model))
}

/** 5.4 of `gpt-5.4-mini`, 5 of `gpt-5`; 0 of any other name. */
function versionOf(model: string): number {
  return Number(/^gpt-(\d+(?:\.\d+)?)/.exec(baseOf(model))?.[1] ?? 0)
}

/**
 * What Chat Completions does not serve is asked in Responses: some models at all, and since GPT-5.4 tools of a model that
 * thinks. Clients of other formats reach every model that thinks there, as that carries its thoughts from turn to turn.
 * https://github.com/openai/openai-openapi/issues/541
 */
export function openaiFormat(model: string, { client, hasTools, effort }: Asked): WireFormatId | undefined {
  if (RESPONSES_ONLY.test(baseOf(model))) return 'openai-responses'
  if (!isReasoning(model) || CHAT_ONLY.test(baseOf(model))) return undefined
  if (client !== 'openai-chat' && client !== 'openai-completions') return 'openai-responses'
  return hasTools && thinksBesideTools(model, effort) ? 'openai-responses' : undefined
}

/** From 5.5 on a model thinks unless told not to. https://github.com/BerriAI/litellm/pull/34569 */
function thinksBesideTools(model: string, effort: string | undefined): boolean {
  const version = versionOf(model)
  return version >= 5.4 && (effort === undefined ? version >= 5.5 : effort !== 'none')
}

const LOW_TO_HIGH = ['low', 'medium', 'high'] as const

/**
 * The levels of effort that models know, from least to most; the first line that matches.
 * https://developers.openai.com/api/docs/guides/reasoning, and by model:
 * https://github.com/openai/openai-agents-python/issues/2089, https://github.com/anomalyco/opencode/issues/36141
 */
const EFFORTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [CHATS, []],
  [/deep-research/, ['medium']],
  [/^gpt-5-pro/, ['high']],
  [/^gpt-[5-9][\d.]*-pro/, ['medium', 'high', 'xhigh']],
  [/^gpt-5\.1-codex-max|^gpt-(?:5\.[2-9]|[6-9][\d.]*)-codex/, [...LOW_TO_HIGH, 'xhigh']],
  [/^gpt-5[\d.]*-codex|^codex|^o[1-9]/, LOW_TO_HIGH],
  [/^gpt-5(?!\.)/, ['minimal', ...LOW_TO_HIGH]],
  [/^gpt-5\.1/, ['none', ...LOW_TO_HIGH]],
  [/^gpt-5\.[2-5]/, ['none', ...LOW_TO_HIGH, 'xhigh']],
  [/^gpt-(?:5\.[6-9]|[6-9])/, ['none', ...LOW_TO_HIGH, 'xhigh', 'max']],
]
const ORDER = ['none', 'minimal', ...LOW_TO_HIGH, 'xhigh', 'max', 'ultra']

/**
 * A level in the model's words: its own, else the next above, else its highest. Undefined where it takes none, and for
 * what is no level (`auto`, `default`).
 */
export function openaiEffort(model: string, said: string): string | undefined {
  const known = EFFORTS.find(([names]) => names.test(baseOf(model)))?.[1]
  const level = said.toLowerCase()
  const at = ORDER.indexOf(level)
  // Nothing is known of the model: OpenAI's words alone.
  if (known === undefined) return at < 0 ? said : level === 'max' || level === 'ultra' ? 'xhigh' : level
  return at < 0 ? undefined : (known.find((one) => ORDER.indexOf(one) >= at) ?? known.at(-1))
}

/** Thinks only if asked, and samples as it is told until then. https://platform.openai.com/docs/guides/latest-model */
const THINKS_IF_ASKED = /^gpt-5\.[1-4](?!.*(?:codex|-pro))/

/** Whether a model will think when it is told this much. */
export function thinks(model: string, effort: string | undefined): boolean {
  return isReasoning(model) && (effort === undefined ? !THINKS_IF_ASKED.test(baseOf(model)) : effort !== 'none')
}

/** The same when a client asks for this much: what is sent is the nearest level that the model knows. */
export function thinksIfAsked(model: string, said: string | undefined): boolean {
  return thinks(model, said === undefined ? undefined : openaiEffort(model, said))
}

/** Says as much as it is told to: others take `medium` alone. https://cookbook.openai.com/examples/gpt-5-codex_prompting_guide */
export function takesVerbosity(model: string): boolean {
  return !/^(?:o[1-9]|codex|computer-use)|codex/.test(baseOf(model)) && !isChat(model)
}

/**
 * "Unsupported parameter: 'stop' is not supported with this model.", whether it thinks or not; taken again since GPT-5.5.
 * https://github.com/huggingface/smolagents/pull/1868, https://github.com/huggingface/smolagents/issues/1893,
 * https://github.com/BerriAI/litellm/pull/28650
 */
export function takesStop(model: string): boolean {
  return !isReasoning(model) || versionOf(model) >= 5.5
}

/**
 * "Unsupported parameter: 'parallel_tool_calls' is not supported with this model."
 * https://github.com/langchain-ai/langchain/issues/29704, https://github.com/run-llama/llama_index/issues/20865
 */
export function takesParallelCalls(model: string): boolean {
  return !/^o[1-9]/.test(baseOf(model))
}

/** How OpenAI's and Azure's bodies differ from others' of Chat Completions. */
export const OPENAI_TRAITS: Traits = {
  reasoning: 'omit',
  maxTokens: 'max_completion_tokens',
  closedSchemas: true,
  schemas: 'openai',
  audioFormats: ['wav', 'mp3'],
  // From GPT-5.1 on, nothing said is `none`. https://platform.openai.com/docs/guides/latest-model
  asksFreely: { reasoning_effort: 'medium' },
  thinks: thinksIfAsked,
  hidesThoughts: true,
}
