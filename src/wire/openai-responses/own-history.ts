import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import { isPacked } from '../shared/signature.ts'
import { unpackCarried } from './reasoning.ts'

/**
 * A client's body as a provider of this format can take it: reasoning that another provider signed in an earlier turn came
 * to the client wrapped (reasoning.ts), and OpenAI answers 400 to state it did not make. The same object when there is none.
 */
export function ownHistory(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { input } = body
  if (!isList(input) || !input.some(isWrapped)) return body
  const own = input.flatMap((item, index): JsonValue[] => {
    if (!isWrapped(item)) return [item]
    if (typeof item['encrypted_content'] !== 'string') {
      lose(`input[${index}]`, 'reasoning of another provider, which did not sign it')
      return []
    }
    const carried = unpackCarried(String(item['encrypted_content']), undefined)
    if (carried.signature.by === 'openai-responses' && carried.of === 'reasoning') {
      const id = carried.id === undefined ? {} : { id: carried.id }
      return [{ ...item, ...id, encrypted_content: carried.signature.value }]
    }
    lose(`input[${index}]`, 'reasoning that another provider signed')
    return []
  })
  return { ...body, input: own }
}

/** How ids of reasoning items begin that the gateway gave (output-writer.ts): `rs_` and the call's own id. */
const MADE_HERE = 'rs_rt_'

function isWrapped(item: JsonValue): item is JsonObject {
  if (!isJsonObject(item) || item['type'] !== 'reasoning') return false
  const { encrypted_content: state, id } = item
  // An item without state is looked up by its id, and one that was made here is found nowhere.
  if (state === undefined || state === null) return typeof id === 'string' && id.startsWith(MADE_HERE)
  return typeof state === 'string' && isPacked(state)
}
