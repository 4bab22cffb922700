import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import { isList, objectOf } from '../shared/read-json.ts'
import type { Walk } from '../shared/unread-members.ts'
import { unreadMembers } from '../shared/unread-members.ts'
import { BODY, isReadFormat } from './shapes.ts'

const REASON = 'only Messages has it'

/** What of a client's body a ChatRequest does not hold: lost wherever another format is spoken. */
export function unread(body: JsonObject): Loss[] {
  return [...unreadMembers(body, BODY, WALK), ...unreadThinking(body), ...unreadFormat(body)]
}

const WALK: Walk = { isIdle, reasonOf: () => REASON }

// `service_tier: auto` is what happens anyway.
const PLAIN = new Set<JsonValue | undefined>([undefined, null, false, 'auto', 'standard'])

function isIdle(name: string, value: JsonValue | undefined): boolean {
  if (PLAIN.has(value)) return true
  if (isList(value)) return !(name === 'citations' ? value.some(isSource) : value.length > 0)
  if (!isJsonObject(value)) return false
  // Of a document, and of a call that the model made by itself.
  if (name === 'citations') return value['enabled'] !== true
  return name === 'caller' && value['type'] === 'direct'
}

/** What the gateway itself wrote for other models' sources has an empty index: that is told by no provider either. */
function isSource(citation: JsonValue): boolean {
  return objectOf(citation)['encrypted_index'] !== ''
}

function unreadThinking(body: JsonObject): Loss[] {
  const { type, display } = objectOf(body['thinking'])
  const { effort } = objectOf(body['output_config'])
  const paths = [
    ...(display === 'omitted' ? ['thinking.display'] : []),
    ...(type === 'between_tools' ? ['thinking'] : []),
    // Without thinking, effort is about the words alone.
    ...(type === 'disabled' && typeof effort === 'string' ? ['output_config.effort'] : []),
  ]
  return paths.map((path) => ({ path, reason: REASON }))
}

function unreadFormat(body: JsonObject): Loss[] {
  const { output_config: config, output_format: old } = body
  const { format } = objectOf(config)
  const said = [
    ['output_config.format', format],
    ['output_format', old],
  ] as const
  return said
    .filter(([, value]) => isJsonObject(value) && !isReadFormat(value))
    .map(([path]) => ({ path, reason: REASON }))
}
