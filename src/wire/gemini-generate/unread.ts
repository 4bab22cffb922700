import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { Loss } from '../../core/wire-format.ts'
import { isList } from '../shared/read-json.ts'
import type { Walk } from '../shared/unread-members.ts'
import { unreadMembers } from '../shared/unread-members.ts'
import { camelCase, field } from './fields.ts'
import { BODY } from './shapes.ts'
import { spelledPath } from './spelled-paths.ts'

const ONLY_GEMINI = 'only Gemini has it'

/** What of a client's body a ChatRequest does not hold: what Gemini alone has. */
export function unread(body: JsonObject): Loss[] {
  const losses = [...unreadMembers(body, BODY, WALK), ...enumLoss(field(body, 'generationConfig'))]
  return losses.map(({ path, reason }) => ({ path: spelledPath(body, path), reason }))
}

const WALK: Walk = { isIdle, reasonOf: () => ONLY_GEMINI, spelled }

/** `_responseJsonSchema` is a name of its own. */
function spelled(name: string): string {
  return name.startsWith('_') ? name : camelCase(name)
}

function isIdle(name: string, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false) return true
  // Text is what every model answers with: asking for it asks for nothing.
  if (camelCase(name) === 'responseModalities') return isList(value) && value.every((modality) => modality === 'TEXT')
  return isList(value) && value.length === 0
}

function enumLoss(config: JsonValue | undefined): Loss[] {
  const mimeType = isJsonObject(config) ? field(config, 'responseMimeType') : undefined
  if (typeof mimeType !== 'string' || mimeType === 'text/plain' || mimeType === 'application/json') return []
  return [{ path: 'generationConfig.responseMimeType', reason: `only Gemini answers in ${mimeType.slice(0, 40)}` }]
}
