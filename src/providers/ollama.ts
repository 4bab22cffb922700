import { isIdleParameter } from '../core/idle-parameter.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { Adjusting, ProviderCall, TemplateSource } from '../core/provider.ts'
import { bearerPost, defineProvider, openaiPath } from '../core/provider.ts'
import { plainTools } from './openai-chat/tools.ts'

/**
 * Ollama through its own API, and through its OpenAI-compatible one for clients of that. Its base URL may be written with
 * `/v1` or without. Newer servers have `/v1/responses` and `/v1/messages` too; those that have not would answer 404, and
 * nothing is lost that those two would carry. https://docs.ollama.com/api/openai-compatibility
 */
export default defineProvider({
  id: 'ollama',
  format: 'ollama-chat',
  alsoSpeaks: ['openai-chat'],
  completions: 'all',
  baseUrl: 'http://127.0.0.1:11434',
  keyVariable: undefined,
  isLocal: true,
  // https://docs.ollama.com/capabilities/structured-outputs
  steering: { schemas: true, goesOn: {} },
  templateSource: { request: showRequest, read: readShown },
  authorize,
  adjustBody,
})

function authorize(call: ProviderCall): HttpRequest {
  const { target } = call
  const baseUrl = target.baseUrl.replace(/\/v1$/, '')
  return bearerPost({ ...call, target: { ...target, baseUrl } }, pathOf(call))
}

function pathOf(call: ProviderCall): string {
  if (call.operation.type === 'chat' && call.format === 'ollama-chat') return '/api/chat'
  const path = openaiPath(call)
  return /^\/(?:api|v1)\//.test(path) ? path : `/v1${path}`
}

function adjustBody(body: JsonObject, adjusting: Adjusting): JsonObject {
  return adjusting.format === 'ollama-chat'
    ? withoutThought(body, adjusting)
    : compatible(plainTools(body, adjusting), adjusting)
}

/** A model that cannot think refuses to be asked for it. What is not known of a model is left to the server. */
function withoutThought(body: JsonObject, { target, lose }: Adjusting): JsonObject {
  const { think, ...rest } = body
  if (think === undefined || think === false || target.facts.reasoning !== false) return body
  lose('reasoning', 'the model does not reason')
  return rest
}

/**
 * Its OpenAI-compatible API passes over what it does not know: that is said here, and mended where it can be, which is the
 * newer name of the limit and the choice of no tool. https://github.com/ollama/ollama/blob/main/openai/openai.go
 */
function compatible(body: JsonObject, { lose }: Adjusting): JsonObject {
  const { max_completion_tokens: limit, tool_choice: choice, tools } = body
  const hasTools = Array.isArray(tools) && tools.length > 0
  if (hasTools && isForcing(choice)) lose('tool_choice', 'a model cannot be made to call a tool')
  for (const [name, value] of Object.entries(body)) {
    if (!READ.has(name) && !isIdle(name, value)) lose(name, 'Ollama passes over it')
  }
  const changes: Record<string, JsonValue | undefined> = {}
  if (hasTools && choice === 'none') changes['tools'] = undefined
  if (limit !== undefined && limit !== null && (body['max_tokens'] ?? null) === null) changes['max_tokens'] = limit
  if (Object.keys(changes).length === 0) return body
  return Object.fromEntries(
    Object.entries({ ...body, ...changes }).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  )
}

const READ = new Set(
  [
    'model messages stream stream_options max_tokens max_completion_tokens seed stop temperature frequency_penalty',
    'presence_penalty top_p response_format tools tool_choice reasoning reasoning_effort logprobs top_logprobs routing',
  ].flatMap((line) => line.split(' ')),
)

/** Several calls at once are what happens unless they are forbidden. */
function isIdle(name: string, value: JsonValue | undefined): boolean {
  return name === 'parallel_tool_calls' ? value !== false : isIdleParameter(name, value)
}

function isForcing(choice: JsonValue | undefined): boolean {
  return choice !== undefined && choice !== null && choice !== 'auto' && choice !== 'none'
}

/** https://docs.ollama.com/api-reference/show-model-details */
function showRequest(call: ProviderCall): HttpRequest {
  const operation = { type: 'passthrough', method: 'POST', path: '/api/show' } as const
  return authorize({ ...call, operation, body: JSON.stringify({ model: call.target.model }) })
}

function readShown({ template, capabilities }: JsonObject): ReturnType<TemplateSource['read']> {
  return {
    template: typeof template === 'string' ? template : undefined,
    hasTools: Array.isArray(capabilities) ? capabilities.includes('tools') : undefined,
  }
}
