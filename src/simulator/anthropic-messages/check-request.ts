import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { claudeProblem } from '../claude-rules.ts'
import type { Rejection } from '../format.ts'
import { memberOf, numberOf, objectsOf, textOf } from '../read-json.ts'
import type { ObjectShape } from '../shape.ts'
import { findProblem } from '../shape.ts'
import { claudeSchemaProblem } from '../tool-schema.ts'
import { checkMessages } from './check-messages.ts'
import { invalid, invalidShape } from './rejection.ts'

const MAX_CACHE_MARKS = 4
const BOTH_REFUSED = /claude-(?:opus-4-[1-9]|sonnet-4-[5-9]|haiku-4-[5-9])/

/** What Anthropic would refuse in a body of that shape, in its words where they are known; `undefined` = nothing. */
export function checkRequest(body: JsonObject, shape: ObjectShape): Rejection | undefined {
  const messages = objectsOf(body['messages'])
  const odd = messages.find(({ role }) => typeof role === 'string' && role !== 'user' && role !== 'assistant')
  if (odd !== undefined) return wrongRole(textOf(odd['role']))
  const finding = findProblem(body, shape, { isNullAbsent: false })
  if (finding !== undefined) return invalidShape(finding)
  return (
    checkTools(body) ??
    checkThinking(body) ??
    checkMessages(messages) ??
    checkFirstThought(body, messages) ??
    checkSystem(body['system']) ??
    checkSampling(body) ??
    checkRoot(formatSchema(body)) ??
    checkSchema(formatSchema(body)) ??
    checkCacheMarks(body) ??
    checkModel(body, messages) ??
    checkLimit(body)
  )
}

/**
 * Most tokens of an answer, by the model's name; other models take any limit.
 * https://github.com/OpenHands/OpenHands/issues/11090, https://github.com/UKGovernmentBEIS/inspect_ai/pull/2675
 */
const LIMITS: readonly (readonly [RegExp, number])[] = [
  [/claude-3-(?:opus|sonnet|haiku)/, 4_096],
  [/claude-3-5/, 8_192],
  [/claude-opus-4-(?:[01](?!\d)|20)/, 32_000],
  [/claude-(?:sonnet-4-(?:[05](?!\d)|20)|haiku-4-5)/, 64_000],
]

function checkLimit(body: JsonObject): Rejection | undefined {
  const model = textOf(body['model'])
  const said = numberOf(body['max_tokens']) ?? 0
  const most = LIMITS.find(([names]) => names.test(model))?.[1] ?? said
  return said <= most
    ? undefined
    : invalid(`max_tokens: ${said} > ${most}, which is the maximum allowed number of output tokens for ${model}`)
}

/** What the model of this name refuses of what others take. */
function checkModel(body: JsonObject, messages: readonly JsonObject[]): Rejection | undefined {
  const forced = memberOf(body['tool_choice'], 'type')
  const problem = claudeProblem({
    model: textOf(body['model']),
    thinking: memberOf(body['thinking'], 'type'),
    tuned: ['temperature', 'top_p', 'top_k'].filter((name) => body[name] !== undefined && body[name] !== 1),
    isForced: forced === 'any' || forced === 'tool',
    endsWithAssistant: messages.at(-1)?.['role'] === 'assistant',
    holdsToSchema: formatSchema(body) !== undefined,
  })
  return problem === undefined ? undefined : invalid(problem)
}

/** https://docs.claude.com/en/api/messages: there is no "system" role for input messages. */
function wrongRole(role: string): Rejection {
  return invalid(
    `messages: Unexpected role "${role}". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`,
  )
}

function checkTools(body: JsonObject): Rejection | undefined {
  const tools = objectsOf(body['tools'])
  const names = tools.map(({ name }) => textOf(name))
  // https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
  if (new Set(names).size < names.length) return invalid('tools: Tool names must be unique.')
  for (const [index, { input_schema: schema }] of tools.entries()) {
    const problem = isJsonObject(schema) ? claudeSchemaProblem(schema) : undefined
    if (problem !== undefined) return invalid(`tools.${index}.custom.input_schema${problem}`)
  }
  const choice = body['tool_choice']
  if (tools.length === 0) {
    if (choice !== undefined) return invalid('tool_choice: may only be specified while providing tools')
    // tool-calling.md §1.1: tools stay while the history has tool blocks.
    const blocks = objectsOf(body['messages']).flatMap(({ content }) => objectsOf(content))
    if (blocks.some(({ type }) => type === 'tool_use' || type === 'tool_result')) {
      return invalid('Requests which include `tool_use` or `tool_result` blocks must define tools')
    }
  }
  const named = memberOf(choice, 'name')
  if (typeof named === 'string' && !names.includes(named)) {
    return invalid(`Tool '${named}' not found in provided tools`)
  }
  return undefined
}

/**
 * https://docs.claude.com/en/docs/build-with-claude/extended-thinking#feature-compatibility,
 * https://github.com/mastra-ai/mastra/issues/7507, https://github.com/MartialBE/one-hub/issues/529
 */
function checkThinking(body: JsonObject): Rejection | undefined {
  const { thinking } = body
  const type = memberOf(thinking, 'type')
  if (type !== 'enabled' && type !== 'adaptive') return undefined
  const budget = numberOf(memberOf(thinking, 'budget_tokens'))
  const limit = numberOf(body['max_tokens'])
  if (budget !== undefined && limit !== undefined && budget >= limit) {
    return invalid(
      '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size',
    )
  }
  const forced = memberOf(body['tool_choice'], 'type')
  if (forced === 'any' || forced === 'tool') {
    return invalid('Thinking may not be enabled when tool_choice forces tool use.')
  }
  const temperature = numberOf(body['temperature'])
  if (temperature !== undefined && temperature !== 1) {
    return invalid('`temperature` may only be set to 1 when thinking is enabled.')
  }
  if (body['top_k'] !== undefined) return invalid('`top_k` must be unset when thinking is enabled.')
  const topP = numberOf(body['top_p'])
  if (topP !== undefined && topP < 0.95) {
    return invalid('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.')
  }
  return undefined
}

/**
 * While calls are being answered, the turn that made them begins with its thought; adaptive thinking does not ask
 * for it. Without thinking, a last message has none. https://github.com/n8n-io/n8n/issues/22550,
 * https://github.com/tailcallhq/forgecode/issues/1853
 */
function checkFirstThought(body: JsonObject, messages: readonly JsonObject[]): Rejection | undefined {
  const type = memberOf(body['thinking'], 'type')
  const last = messages.at(-1)
  if (type === undefined || type === 'disabled') {
    const at = objectsOf(last?.['content']).findIndex((block) => block['type'] === 'thinking')
    return last?.['role'] === 'assistant' && at >= 0
      ? invalid(
          `messages.${messages.length - 1}.content.${at}: When thinking is disabled, an \`assistant\` message in the final position cannot contain \`thinking\`. To use thinking blocks, enable \`thinking\` in your request.`,
        )
      : undefined
  }
  if (type !== 'enabled') return undefined
  const isInLoop = objectsOf(messages.at(-1)?.['content']).some(({ type }) => type === 'tool_result')
  const index = messages.findLastIndex(({ role }) => role === 'assistant')
  if (index < 0 || !(isInLoop || index === messages.length - 1)) return undefined
  const content = messages[index]?.['content']
  const first = typeof content === 'string' ? 'text' : textOf(objectsOf(content)[0]?.['type'])
  if (first === 'thinking' || first === 'redacted_thinking') return undefined
  return invalid(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks).`,
  )
}

function checkSystem(system: JsonValue | undefined): Rejection | undefined {
  const isEmpty = objectsOf(system).some(({ text }) => text === '')
  return isEmpty ? invalid('system: text content blocks must be non-empty') : undefined
}

/** https://github.com/cloud-apim/otoroshi-llm-extension/issues/140 */
function checkSampling(body: JsonObject): Rejection | undefined {
  const isBoth = body['temperature'] !== undefined && body['top_p'] !== undefined
  return isBoth && BOTH_REFUSED.test(textOf(body['model']))
    ? invalid('`temperature` and `top_p` cannot both be specified for this model. Please use only one.')
    : undefined
}

function formatSchema(body: JsonObject): JsonValue | undefined {
  return memberOf(memberOf(body['output_config'], 'format') ?? body['output_format'], 'schema')
}

/**
 * https://github.com/langgenius/dify-official-plugins/issues/3886; that the root is an object is checked by Anthropic's
 * own SDK (`jsonSchemaOutputFormat`), in these words.
 */
function checkRoot(schema: JsonValue | undefined): Rejection | undefined {
  if (!isJsonObject(schema) || schema['type'] === 'object') return undefined
  const { type } = schema
  if (type !== undefined) {
    return invalid(`output_config.format.schema: JSON schema must be an object, but got ${textOf(type)}`)
  }
  const isSplit = ['$ref', 'anyOf', 'allOf'].some((name) => schema[name] !== undefined)
  return isSplit
    ? undefined
    : invalid(
        `output_config.format.schema: Invalid schema: Schema type is missing for schema: ${JSON.stringify(schema)}`,
      )
}

/** https://docs.claude.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations */
function checkSchema(schema: JsonValue | undefined): Rejection | undefined {
  if (Array.isArray(schema)) return firstOf(schema)
  if (!isJsonObject(schema)) return undefined
  if (schema['type'] === 'object' && schema['additionalProperties'] !== false) {
    return invalid(
      "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
    )
  }
  return firstOf(Object.values(schema))
}

function firstOf(schemas: readonly (JsonValue | undefined)[]): Rejection | undefined {
  for (const schema of schemas) {
    const problem = checkSchema(schema)
    if (problem !== undefined) return problem
  }
  return undefined
}

/** https://docs.claude.com/en/docs/build-with-claude/prompt-caching */
function checkCacheMarks(body: JsonObject): Rejection | undefined {
  const count = countMarks([body['tools'] ?? null, body['system'] ?? null, body['messages'] ?? null])
  return count > MAX_CACHE_MARKS
    ? invalid(`A maximum of ${MAX_CACHE_MARKS} blocks with cache_control may be provided. Found ${count}.`)
    : undefined
}

function countMarks(value: JsonValue | undefined): number {
  if (typeof value !== 'object' || value === null) return 0
  const own = isJsonObject(value) && isJsonObject(value['cache_control']) ? 1 : 0
  return Object.values(value).reduce<number>((sum, member) => sum + countMarks(member), own)
}
