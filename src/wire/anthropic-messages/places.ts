import type { JsonObject } from '../../core/json.ts'
import type { Place, Places } from '../shared/client-paths.ts'
import { contentPlaces } from '../shared/client-paths.ts'
import { isList, objectsOf } from '../shared/read-json.ts'

const PARAMETERS: Places['parameters'] = {
  stop: ['stop_sequences'],
  user: ['metadata.user_id'],
  parallel_tool_calls: ['tool_choice.disable_parallel_tool_use'],
  reasoning: ['thinking', 'output_config.effort'],
  'reasoning.budget_tokens': ['thinking.budget_tokens', 'thinking'],
  'reasoning.effort': ['output_config.effort', 'thinking.budget_tokens', 'thinking'],
  'reasoning.summary': ['thinking.display', 'thinking'],
  response_format: ['output_config.format', 'output_format'],
  'response_format.json_schema.schema': ['output_config.format.schema', 'output_format.schema'],
  // Whoever gives a schema is held to it.
  'response_format.json_schema.strict': ['output_config.format.schema', 'output_format.schema'],
}

/** Where the messages of `readRequest` stand in the body they were read from. */
export function placesOf(body: JsonObject): Places {
  const { system } = body
  const content = contentPlaces(system, 'system', blockPlace)
  const first: Place[] = content.length === 0 ? [] : [{ path: 'system', members: { role: 'system' }, content }]
  const messages = [...first, ...objectsOf(body['messages']).flatMap(messagePlaces)]
  return { messages, tools: objectsOf(body['tools']).map(toolPlace), parameters: PARAMETERS }
}

function toolPlace(_: JsonObject, index: number): Place {
  return { path: `tools[${index}]`, schema: `tools[${index}].input_schema` }
}

/** Results are a message of their own, before what else the user said. */
function messagePlaces({ role, content }: JsonObject, index: number): Place[] {
  const path = `messages[${index}]`
  const places = contentPlaces(content, `${path}.content`, blockPlace)
  if (role !== 'user' || !isList(content)) return [{ path, content: places }]
  const isResult = (at: number): boolean => objectsOf(content)[at]?.['type'] === 'tool_result'
  const results = places.filter((_, at) => isResult(at))
  const others = places.filter((_, at) => !isResult(at))
  const answered = results.length === 0 ? [] : [{ path, content: results }]
  return results.length > 0 && others.length === 0 ? answered : [...answered, { path, content: others }]
}

function blockPlace(block: JsonObject, path: string): Place {
  switch (block['type']) {
    case 'tool_result':
      return { path, content: contentPlaces(block['content'], `${path}.content`, blockPlace) }
    case 'tool_use':
      return { path, members: { arguments: `${path}.input` } }
    case 'document':
      return { path, members: { 'file.filename': `${path}.title` } }
    case 'redacted_thinking':
      return { path, members: { signature: `${path}.data` } }
    default:
      return { path }
  }
}
