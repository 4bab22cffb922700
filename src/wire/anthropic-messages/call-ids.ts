import type { IdShape } from '../shared/call-ids.ts'
import { fnv, OFFSET_BASIS } from '../shared/fnv.ts'

/** https://platform.claude.com/docs/en/api/messages (`tool_use.id`) */
export const CALL_ID: IdShape = { valid: /^[a-zA-Z0-9_-]{1,64}$/, make: (text) => `toolu_${hashOf(text)}` }

/** 56 bits as 14 hexadecimal digits. */
function hashOf(text: string): string {
  const first = fnv(text, OFFSET_BASIS)
  const second = fnv(text, first ^ 0x5bd1e995)
  return first.toString(16).padStart(8, '0') + (second >>> 8).toString(16).padStart(6, '0')
}
