import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { isList } from '../shared/read-json.ts'
import { isPacked } from '../shared/signature.ts'
import { isMadeHere, refuseLostReference, SPARED, spareReferences } from './item-references.ts'
import { unpackCarried } from './reasoning.ts'

/**
 * A client's body as a provider of this format can take it: reasoning that another provider signed in an earlier turn came
 * to the client wrapped (reasoning.ts), and OpenAI answers 400 to state it did not make, 404 to
 * references to items that it did not make. The same object when there is none. Throws `invalid_request`.
 */
export function ownHistory(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { input } = body
  const refusal = refuseLostReference(input)
  if (refusal !== undefined) throw refusal
  const spare = spareReferences(input)
  if (!isList(input) || !(spare.size > 0 || input.some(isWrapped))) return body
  const own = input.flatMap((item, index): JsonValue[] => {
    if (spare.has(index)) {
      lose(`input[${index}]`, SPARED)
      return []
    }
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

function isWrapped(item: JsonValue): item is JsonObject {
  if (!isJsonObject(item) || item['type'] !== 'reasoning') return false
  const { encrypted_content: state, id } = item
  // An item without state is looked up by its id, and one that was made here is found nowhere.
  if (state === undefined || state === null) return isMadeHere(id)
  return typeof state === 'string' && isPacked(state)
}
