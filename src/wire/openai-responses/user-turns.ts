import type { JsonObject } from '../../core/json.ts'
import type { UserTurn } from '../../core/user-turn.ts'
import { kindByType, turnOf, turnsIn } from '../shared/user-turns.ts'

const kindOf = kindByType('input_text', 'text')

/** What the user wrote, turn by turn. */
export function userTurns(body: JsonObject): UserTurn[] {
  const { input } = body
  return typeof input === 'string' ? [turnOf(input, ['input'], kindOf)] : turnsIn(body, 'input', kindOf)
}
