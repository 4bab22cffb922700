import { isIdleParameter } from '../core/idle-parameter.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'
import { bearerPost, defineProvider } from '../core/provider.ts'
import { table } from '../core/table.ts'
import type { ChatStep } from './openai-chat/adjust.ts'
import { chatSteps, onlyMembers, renamed, withMembers, without } from './openai-chat/adjust.ts'
import { mistralCallIds } from './openai-chat/call-ids.ts'
import {
  developerAsSystem,
  eachMessage,
  emptyArgumentsAsObject,
  messagesOf,
  onlyOnMessages,
  withoutCallSignatures,
  withoutEmptyTurns,
} from './openai-chat/messages.ts'
import { effortAs } from './openai-chat/reasoning.ts'
import { choiceByFilter, plainTools, saidParameters, withoutIdleToolFields } from './openai-chat/tools.ts'

// Mistral answers 422 to every member it does not know, of the body and of messages. https://docs.mistral.ai/api/

const MEMBERS = new Set(
  [
    'model messages stream max_tokens temperature top_p stop random_seed n presence_penalty frequency_penalty',
    'response_format tools tool_choice parallel_tool_calls prediction prompt_mode reasoning_effort safe_prompt metadata',
    'guardrails prompt_cache_key',
  ].flatMap((line) => line.split(' ')),
)

const MESSAGE_MEMBERS = table<readonly string[]>({
  system: ['role', 'content'],
  user: ['role', 'content'],
  assistant: ['role', 'content', 'tool_calls', 'prefix'],
  tool: ['role', 'content', 'tool_call_id', 'name'],
})

const NO_THOUGHTS = 'the model takes no earlier reasoning'

/** Earlier thoughts are chunks of the content, and only models that think take them. https://docs.mistral.ai/capabilities/reasoning/ */
const thoughtsAsChunks: ChatStep = (body, adjusting) => {
  const { model, facts } = adjusting.target
  const takesThoughts = facts.reasoning === true || model.startsWith('magistral')
  return eachMessage((message, path, { lose }) => {
    const thought = message['reasoning_content'] ?? message['reasoning']
    if (typeof thought !== 'string' || thought === '') return message
    const bare = withMembers(message, {
      reasoning_content: undefined,
      reasoning: undefined,
      reasoning_details: undefined,
    })
    if (!takesThoughts) {
      lose(`${path}.reasoning_content`, NO_THOUGHTS)
      return bare
    }
    const chunk = { type: 'thinking', thinking: [{ type: 'text', text: thought }], closed: true }
    return { ...bare, content: [chunk, ...chunksOf(message['content'])] }
  })(body, adjusting)
}

function chunksOf(content: JsonValue | undefined): readonly JsonValue[] {
  if (Array.isArray(content)) return content
  return typeof content === 'string' && content !== '' ? [{ type: 'text', text: content }] : []
}

/** Mistral's message of an assistant that is to be gone on with; any other may not be the last. */
const prefill: ChatStep = (body) => {
  const messages = messagesOf(body)
  const last = messages.at(-1)
  if (last?.['role'] !== 'assistant' || last['prefix'] === true) return body
  return withMembers(body, { messages: [...messages.slice(0, -1), { ...last, prefix: true }] })
}

/** "Unexpected role 'user' after role 'tool'": the assistant has to have taken note. */
const noUserAfterTool: ChatStep = (body, { lose }) => {
  const messages = messagesOf(body)
  const isBad = (message: JsonObject, index: number): boolean =>
    (message['role'] === 'user' || message['role'] === 'system') && messages[index - 1]?.['role'] === 'tool'
  if (!messages.some(isBad)) return body
  const separated = messages.flatMap((message, index): JsonObject[] => {
    if (!isBad(message, index)) return [message]
    lose(
      `messages[${index}]`,
      'Mistral takes no turn of the user after a tool; an "OK." of the assistant was put between',
    )
    return [{ role: 'assistant', content: 'OK.' }, message]
  })
  return withMembers(body, { messages: separated })
}

/** Usage comes with the last chunk without being asked for. */
const usageUnasked: ChatStep = (body, { lose }) => {
  const { stream_options: options } = body
  if (options === undefined) return body
  const others = Object.entries(isJsonObject(options) ? options : {}).filter(([name]) => name !== 'include_usage')
  for (const [name, value] of others)
    if (!isIdleParameter(name, value)) lose(`stream_options.${name}`, 'Mistral answers 422 to it')
  return withMembers(body, { stream_options: undefined })
}

/** Magistral always thinks; of the others those that can be told how hard. https://docs.mistral.ai/capabilities/reasoning/ */
const effort: ChatStep = (body, adjusting) => {
  const { model, facts } = adjusting.target
  const isAdjustable = facts.reasoning === true && !model.startsWith('magistral')
  return effortAs((said) => (isAdjustable ? (said === 'none' ? 'none' : 'high') : undefined))(body, adjusting)
}

const MAX_TEMPERATURE = 1.5

/** https://docs.mistral.ai/api/#tag/chat: a temperature up to 1.5, a seed from 0. */
const bounds: ChatStep = (body, adjusting) => {
  const { temperature, random_seed: seed } = body
  const seeded =
    typeof seed === 'number' && seed < 0
      ? without(['random_seed'], 'Mistral takes seeds from 0')(body, adjusting)
      : body
  if (typeof temperature !== 'number' || temperature <= MAX_TEMPERATURE) return seeded
  adjusting.lose('temperature', `at most ${MAX_TEMPERATURE} is taken; that was sent`)
  return withMembers(seeded, { temperature: MAX_TEMPERATURE })
}

const EMBEDDINGS_MEMBERS = 'model input output_dimension output_dtype encoding_format metadata'.split(' ')

/** https://docs.mistral.ai/api/endpoint/embeddings */
function adjustEmbeddings(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { dimensions, ...rest } = body
  const named = dimensions === undefined ? rest : { ...rest, output_dimension: dimensions }
  const known = Object.entries(named).filter(([name, value]) => {
    const isKnown = EMBEDDINGS_MEMBERS.includes(name)
    if (!isKnown && value !== undefined && value !== null) lose(name, 'Mistral’s embeddings do not know it')
    return isKnown
  })
  return dimensions === undefined && known.length === Object.keys(rest).length ? body : Object.fromEntries(known)
}

export default defineProvider({
  id: 'mistral',
  format: 'openai-chat',
  baseUrl: 'https://api.mistral.ai/v1',
  keyVariable: 'MISTRAL_API_KEY',
  traits: {
    reasoning: 'reasoning_content',
    maxTokens: 'max_tokens',
    functionsOnly: true,
    schemas: 'mistral',
    asksFreely: { reasoning_effort: 'high' },
  },
  // Calls come without index and type, thoughts as chunks of the content, usage unasked: OpenAI's SDKs throw at the first.
  rewritesAnswers: 'always',
  authorize: bearerPost,
  adjustEmbeddings,
  adjustBody: chatSteps(
    developerAsSystem,
    plainTools,
    // "tools.0.function.parameters: Field required"
    saidParameters,
    withoutIdleToolFields,
    choiceByFilter('any', (choice) => choice === 'any'),
    emptyArgumentsAsObject,
    thoughtsAsChunks,
    onlyOnMessages(MESSAGE_MEMBERS, 'Mistral answers 422 to it'),
    withoutCallSignatures,
    mistralCallIds,
    withoutEmptyTurns,
    noUserAfterTool,
    prefill,
    effort,
    usageUnasked,
    renamed('max_completion_tokens', 'max_tokens'),
    renamed('seed', 'random_seed'),
    bounds,
    onlyMembers(MEMBERS, 'Mistral answers 422 to it'),
  ),
})
