import type { JsonObject } from '../../core/json.ts'
import type { UserTurn } from '../../core/user-turn.ts'
import { kindByType, turnsIn } from '../shared/user-turns.ts'

const kindOf = kindByType('text')

/** What the user wrote, turn by turn. */
export function userTurns(body: JsonObject): UserTurn[] {
  return turnsIn(body, 'messages', kindOf)
}
