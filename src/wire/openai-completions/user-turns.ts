import type { JsonObject } from '../../core/json.ts'
import type { UserTurn } from '../../core/user-turn.ts'

/** The prompt, where it is one text. */
export function userTurns({ prompt }: JsonObject): UserTurn[] {
  if (typeof prompt === 'string')
    return [{ texts: [{ place: ['prompt'], text: prompt, block: undefined }], hasMore: false }]
  const [only] = Array.isArray(prompt) && prompt.length === 1 ? (prompt as readonly unknown[]) : []
  return typeof only === 'string'
    ? [{ texts: [{ place: ['prompt', 0], text: only, block: undefined }], hasMore: false }]
    : []
}
