import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Place, Places } from '../shared/client-paths.ts'
import { contentPlaces } from '../shared/client-paths.ts'
import { isList, objectsOf } from '../shared/read-json.ts'
import { declaredAt } from './read-tools.ts'
import { readEarlierReasoning } from './reasoning.ts'
import { readSignature } from './signatures.ts'

const PARAMETERS: Places['parameters'] = {
  max_tokens: ['max_completion_tokens', 'max_tokens'],
  user: ['user', 'safety_identifier'],
  tool_choice: ['tool_choice', 'function_call'],
  // Who declares functions of old wants one call at a time.
  parallel_tool_calls: ['parallel_tool_calls', 'functions'],
  reasoning: ['reasoning_effort', 'reasoning', 'thinking'],
  'reasoning.effort': ['reasoning_effort', 'reasoning.effort', 'reasoning.max_tokens', 'reasoning', 'thinking'],
  'reasoning.budget_tokens': ['reasoning.max_tokens', 'thinking.budget_tokens', 'reasoning_effort'],
}

/** Where the messages and tools of `readRequest` stand in the body they were read from. */
export function placesOf(body: JsonObject): Places {
  return {
    messages: objectsOf(body['messages']).map(messagePlace),
    tools: declaredAt(body).map(({ tool, path }) => toolPlace(tool, path)),
    parameters: PARAMETERS,
  }
}

function toolPlace(tool: JsonValue, path: string): Place {
  return isJsonObject(tool) && isJsonObject(tool['function'])
    ? { path, members: { strict: `${path}.function.strict` }, schema: `${path}.function.parameters` }
    : { path }
}

function messagePlace(message: JsonObject, index: number): Place {
  const path = `messages[${index}]`
  const mark = isJsonObject(message['cache_control']) ? { cache_control: `${path}.cache_control` } : {}
  const said = contentPlaces(message['content'], `${path}.content`, (block, at) => partPlace(block, at, mark))
  const content = said.map((place) => (typeof message['content'] === 'string' ? { ...place, members: mark } : place))
  const { role } = message
  if (role === 'tool' || role === 'function') return { path, content: [{ path, content }] }
  return { path, content: role === 'assistant' ? assistantPlaces(message, path, content, mark) : content }
}

type Members = Readonly<Record<string, string>>

function partPlace(part: JsonObject, path: string, mark: Members): Place {
  const detail = `${path}.image_url.detail`
  return { path, members: { detail, ...(part['cache_control'] === undefined ? mark : {}) } }
}

/** Thoughts, words, calls: in the order of `readAssistant`. */
function assistantPlaces(message: JsonObject, path: string, said: readonly Place[], mark: Members): Place[] {
  const details = message['reasoning_details']
  const hasDetails = isList(details) && details.length > 0
  const member = hasDetails ? 'reasoning_details' : 'reasoning_content' in message ? 'reasoning_content' : 'reasoning'
  const thought: Place = { path: `${path}.${member}`, members: { signature: `${path}.${member}` } }
  const signature = { signature: `${path}.extra_content` }
  const words: Place[] = said.map((place) => ({ ...place, members: { ...place.members, ...signature } }))
  if (readSignature(message) !== undefined && !endsInText(message['content']))
    words.push({ path: `${path}.extra_content`, members: signature })
  const { refusal } = message
  if (typeof refusal === 'string' && refusal !== '') words.push({ path: `${path}.refusal` })
  return [...readEarlierReasoning(message).map(() => thought), ...words, ...callPlaces(message, path, mark)]
}

function endsInText(content: JsonValue | undefined): boolean {
  if (typeof content === 'string') return true
  return isList(content) && objectsOf(content).at(-1)?.['type'] === 'text'
}

function callPlaces(message: JsonObject, path: string, mark: Members): Place[] {
  const { tool_calls: calls, function_call: legacy } = message
  if (!isList(calls)) {
    const at = `${path}.function_call`
    return isJsonObject(legacy) ? [{ path: at, members: { ...mark, arguments: `${at}.arguments` } }] : []
  }
  return objectsOf(calls).map((_, index) => {
    const at = `${path}.tool_calls[${index}]`
    return { path: at, members: { ...mark, arguments: `${at}.function.arguments`, signature: `${at}.extra_content` } }
  })
}
