import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import { objectOf, objectsOf } from '../shared/read-json.ts'

const REASON = 'only Messages has it'

const BODY = new Set(
  [
    'model messages system tools tool_choice max_tokens temperature top_p top_k stop_sequences thinking stream metadata',
    'output_config output_format routing',
  ].flatMap((line) => line.split(' ')),
)
// `service_tier: auto` is what happens anyway.
const PLAIN = new Set<JsonValue | undefined>([undefined, null, false, 'auto', 'standard'])

const TOOL = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'])

/** What of a client's body a ChatRequest does not hold: lost wherever another format is spoken. */
export function unread(body: JsonObject): Loss[] {
  const paths = [
    ...Object.keys(body).filter((name) => !BODY.has(name) && !PLAIN.has(body[name])),
    ...members(objectOf(body['metadata']), 'metadata', ['user_id']),
    ...members(objectOf(body['output_config']), 'output_config', ['effort', 'format']),
    ...unreadThinking(body),
    ...objectsOf(body['tools']).flatMap((tool, index) => unreadTool(tool, index)),
    ...objectsOf(body['messages']).flatMap(({ content, ...message }, index) => [
      ...members(message, `messages[${index}]`, ['role']),
      ...unreadContent(content, `messages[${index}].content`),
    ]),
  ]
  return paths.map((path) => ({ path, reason: REASON }))
}

function members(object: JsonObject, path: string, read: readonly string[]): string[] {
  return Object.keys(object)
    .filter((name) => !read.includes(name) && !PLAIN.has(object[name]))
    .map((name) => `${path}.${name}`)
}

function unreadThinking(body: JsonObject): string[] {
  const { type, display } = objectOf(body['thinking'])
  const { effort } = objectOf(body['output_config'])
  return [
    ...(display === 'omitted' ? ['thinking.display'] : []),
    ...(type === 'between_tools' ? ['thinking'] : []),
    // Without thinking, effort is about the words alone.
    ...(type === 'disabled' && typeof effort === 'string' ? ['output_config.effort'] : []),
  ]
}

function unreadTool(tool: JsonObject, index: number): string[] {
  const isOwn = tool['type'] === undefined || tool['type'] === null || tool['type'] === 'custom'
  if (!isOwn) return []
  return Object.keys(tool)
    .filter((name) => !TOOL.has(name) && !PLAIN.has(tool[name]))
    .map((name) => `tools[${index}].${name}`)
}

/** What the gateway itself wrote for other models' sources has an empty index: that is told by no provider either. */
function hasSources({ citations }: JsonObject): boolean {
  return objectsOf(citations).some((citation) => citation['encrypted_index'] !== '')
}

function unreadContent(content: JsonValue | undefined, path: string): string[] {
  return objectsOf(content).flatMap((block, index) => {
    const at = `${path}[${index}]`
    if (block['type'] === 'text') return hasSources(block) ? [`${at}.citations`] : []
    if (block['type'] === 'tool_result') return unreadContent(block['content'], `${at}.content`)
    if (block['type'] !== 'document') return []
    const cites = objectOf(block['citations'])['enabled'] === true
    const hasContext = typeof block['context'] === 'string'
    return [...(cites ? [`${at}.citations`] : []), ...(hasContext ? [`${at}.context`] : [])]
  })
}
