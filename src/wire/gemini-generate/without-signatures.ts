import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { UNVERIFIED } from '../../core/without-signatures.ts'
import { isList } from '../shared/read-json.ts'
import { field } from './fields.ts'

/** A body without thought signatures, and without the parts that were one and nothing else. */
export function withoutSignatures(body: JsonObject, lose: (path: string, reason: string) => void): JsonObject {
  const { contents } = body
  if (!isList(contents)) return body
  let isChanged = false
  const kept = contents.flatMap((content, index): JsonValue[] => {
    const parts = isJsonObject(content) ? content['parts'] : undefined
    if (!isJsonObject(content) || !isList(parts)) return [content]
    const unsigned = parts.flatMap((part, at): JsonValue[] => {
      if (!isJsonObject(part) || field(part, 'thoughtSignature') == null) return [part]
      isChanged = true
      lose(`contents[${index}].parts[${at}]`, UNVERIFIED)
      const { thoughtSignature: _, thought_signature: __, ...rest } = part
      return isNothing(rest) ? [] : [rest]
    })
    if (unsigned.length === 0 && parts.length > 0) return []
    return [{ ...content, parts: unsigned }]
  })
  return isChanged ? { ...body, contents: kept } : body
}

/** A part that was its signature only. */
function isNothing({ text, thought: _, ...rest }: JsonObject): boolean {
  return (text === undefined || text === '') && Object.keys(rest).length === 0
}
