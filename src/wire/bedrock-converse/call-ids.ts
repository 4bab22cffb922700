import type { IdShape } from '../shared/call-ids.ts'
import { fnv, OFFSET_BASIS } from '../shared/fnv.ts'
import { familyOf } from './models.ts'

const ANY_ID: IdShape = { valid: /^[a-zA-Z0-9_-]{1,64}$/, make: (text) => `call_${hashOf(text)}` }
const MISTRAL_ID: IdShape = { valid: /^[a-zA-Z0-9]{9}$/, make: (text) => hashOf(text).slice(0, 9) }

/** What the model takes as an id. Mistral's templates want nine characters. */
export function idShapeOf(model: string): IdShape {
  return familyOf(model) === 'mistral' ? MISTRAL_ID : ANY_ID
}

/** 13 characters of [0-9a-z] that stand for a text. The second half is of its characters' places too. */
function hashOf(text: string): string {
  let second = 0xcbf29ce4
  for (let index = 0; index < text.length; index += 1) {
    second = Math.imul(second ^ (text.charCodeAt(index) + index), 0x01000193)
  }
  const half = (value: number): string => (value >>> 0).toString(36).padStart(7, '0')
  return (half(fnv(text, OFFSET_BASIS)) + half(second)).slice(1)
}
