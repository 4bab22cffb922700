import type { JsonObject } from '../../core/json.ts'
import type { UserTurn } from '../../core/user-turn.ts'
import { turnsIn } from '../shared/user-turns.ts'

/** What the user wrote, turn by turn. Results of tools stand in messages of his, and are not. */
export function userTurns(body: JsonObject): UserTurn[] {
  return turnsIn(body, 'messages', ({ type }) => {
    if (type === 'text') return 'text'
    return typeof type === 'string' && type.endsWith('tool_result') ? 'result' : 'more'
  })
}
