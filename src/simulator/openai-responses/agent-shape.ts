import type { JsonObject } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Rejection } from '../format.ts'
import type { Shape } from '../shape.ts'
import { any, either, findProblem, list, nullable, object, open, tagged, text } from '../shape.ts'

const IN_WORDS = either(
  text,
  list(
    tagged('type', {
      input_text: object({ 'type!': text, 'text!': text }),
      input_image: object({ 'type!': text, 'image_url!': text }),
    }),
  ),
)
const MESSAGE = object({ type: text, 'role!': text, 'content!': IN_WORDS })
const CALL = { 'type!': text, 'call_id!': text, thought_signature: text }
const ITEM = tagged(
  'type',
  {
    message: MESSAGE,
    function_call: object({ ...CALL, 'name!': text, 'arguments!': text }),
    function_call_output: object({ ...CALL, name: text, 'output!': text }),
  },
  'message',
)
const OWN_TOOLS = ['web_search', 'fetch_url', 'people_search', 'finance_search', 'sandbox', 'mcp']
const TOOL = tagged('type', {
  function: object({ 'type!': text, 'name!': text, description: text, parameters: any, strict: any }),
  ...Object.fromEntries(OWN_TOOLS.map((name) => [name, open({})])),
})
const REQUEST: Shape = object({
  'input!': either(text, list(ITEM)),
  reasoning: nullable(object({ effort: text })),
  stream_options: nullable(object({ include_usage: any })),
  response_format: object({
    'type!': text,
    'json_schema!': object({ name: text, 'schema!': any, strict: any, description: text }),
  }),
  tools: list(TOOL),
  tool_choice: either(text, object({ name: text, type: text })),
  ...Object.fromEntries(
    [
      'instructions model models preset max_output_tokens temperature top_p stream parallel_tool_calls',
      'language_preference max_steps max_tool_calls previous_response_id background metadata store truncation',
    ]
      .flatMap((line) => line.split(' '))
      .map((name) => [name, any]),
  ),
})

/**
 * Perplexity's Agent API is Responses with fewer members, and refuses every other, at any depth.
 * https://docs.perplexity.ai/docs/agent-api/openai-compatibility,
 * https://github.com/perplexityai/api-platform-developers/tree/main/skills/migrate-sonar-to-agent-api/references
 */
export function checkAgent(body: JsonObject): Rejection | undefined {
  const found = findProblem(body, REQUEST, { isNullAbsent: true })
  if (found === undefined) return undefined
  const name = String(found.path.findLast((step) => typeof step === 'string') ?? '')
  const message =
    found.problem === 'unknown'
      ? `invalid request body: json: unknown field "${name}"`
      : `invalid request body: ${name} must be ${found.expected}`
  return { status: 400, message, type: 'invalid_request', param: name, code: '400' }
}

/** A body of this API as OpenAI's, which is what the rest here reads. */
export function agentAsResponses(body: JsonObject): JsonObject {
  const { response_format: format, tool_choice: choice, ...rest } = body
  const { type, json_schema: schema } = isJsonObject(format) ? format : {}
  const isNamed = isJsonObject(choice) && choice['name'] !== undefined
  return {
    ...rest,
    tool_choice: isNamed ? { ...choice, type: 'function' } : choice,
    text: isJsonObject(schema) ? { format: { type, name: 'answer', ...schema } } : undefined,
  }
}
