import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import type { JsonPlace } from '../../core/json-place.ts'
import type { UserText, UserTurn } from '../../core/user-turn.ts'

const MAX_TURNS = 50

/** What a block of a user's turn is. */
export type BlockKind = 'text' | 'result' | 'more'

/** The turn of a content that is a text or a list of blocks, each with its words in `text`. */
export function turnOf(
  content: JsonValue | undefined,
  place: JsonPlace,
  kindOf: (block: JsonObject) => BlockKind,
): UserTurn {
  if (typeof content === 'string') return { texts: [{ place, text: content, block: undefined }], hasMore: false }
  const texts: UserText[] = []
  let hasMore = false
  if (!Array.isArray(content)) return { texts, hasMore }
  for (const [index, block] of (content as readonly JsonValue[]).entries()) {
    if (!isJsonObject(block)) continue
    const kind = kindOf(block)
    const { text } = block
    hasMore ||= kind === 'more'
    if (kind !== 'text' || typeof text !== 'string') continue
    texts.push({ place: [...place, index, 'text'], text, block: [...place, index] })
  }
  return { texts, hasMore }
}

/** The last turns of the messages of `role: user` in `body[name]`, in their order. */
export function turnsIn(body: JsonObject, name: string, kindOf: (block: JsonObject) => BlockKind): UserTurn[] {
  const messages = body[name]
  if (!Array.isArray(messages)) return []
  return lastTurns(messages as readonly JsonValue[], (message, index) =>
    message['role'] === 'user' ? turnOf(message['content'], [name, index, 'content'], kindOf) : undefined,
  )
}

/** The turns that are last in a list: nobody looks at those before them, and conversations are long. */
export function lastTurns(
  messages: readonly JsonValue[],
  read: (message: JsonObject, index: number) => UserTurn | undefined,
): UserTurn[] {
  const turns: UserTurn[] = []
  for (let index = messages.length - 1; index >= 0 && turns.length < MAX_TURNS; index -= 1) {
    const message = messages[index]
    const turn = isJsonObject(message) ? read(message, index) : undefined
    if (turn !== undefined) turns.push(turn)
  }
  return turns.reverse()
}

/** Chat Completions and the Responses API: a block says what it is. */
export function kindByType(...textTypes: string[]): (block: JsonObject) => BlockKind {
  return ({ type }) => (typeof type === 'string' && textTypes.includes(type) ? 'text' : 'more')
}
