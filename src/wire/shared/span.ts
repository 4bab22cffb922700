import type { JsonObject } from '../../core/json.ts'
import type { Citation } from '../../core/stream-part.ts'
import { countOf } from './read-json.ts'

// `start_index` and `end_index` of OpenAI's url citations, which are required.

export const UNKNOWN = { start: 0, end: 0 }

/** As a member to be spread into a citation. */
export function readSpan(cited: JsonObject): Pick<Citation, 'span'> {
  const start = countOf(cited['start_index'])
  const end = countOf(cited['end_index'])
  return start === undefined || end === undefined || start < 0 || end <= start ? {} : { span: { start, end } }
}
