import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { JsonPlace } from '../../core/json-place.ts'
import type { UserTurn } from '../../core/user-turn.ts'
import type { BlockKind } from '../shared/user-turns.ts'
import { lastTurns, turnOf } from '../shared/user-turns.ts'

/** What the user wrote, turn by turn. Google's servers take one content or one part where a list of them is meant. */
export function userTurns(body: JsonObject): UserTurn[] {
  const { contents } = body
  if (isJsonObject(contents)) return lastTurns([contents], (content) => turnAt(content, ['contents']))
  if (!Array.isArray(contents)) return []
  return lastTurns(contents as readonly JsonValue[], (content, index) => turnAt(content, ['contents', index]))
}

function turnAt({ role = 'user', parts }: JsonObject, place: JsonPlace): UserTurn | undefined {
  if (role !== 'user' && role !== null) return undefined
  if (!isJsonObject(parts)) return turnOf(parts, [...place, 'parts'], kindOf)
  const { text } = parts
  return typeof text === 'string'
    ? { texts: [{ place: [...place, 'parts', 'text'], text, block: undefined }], hasMore: false }
    : undefined
}

function kindOf(part: JsonObject): BlockKind {
  if (typeof part['text'] === 'string') return 'text'
  return part['functionResponse'] === undefined && part['function_response'] === undefined ? 'more' : 'result'
}
