import type { IdShape } from '../shared/call-ids.ts'
import { fnv, OFFSET_BASIS } from '../shared/fnv.ts'

/** At most 64 characters. */
export const CALL_ID: IdShape = {
  valid: /^[A-Za-z0-9_-]{1,64}$/,
  make: (text) => `call_${hash(text, OFFSET_BASIS)}${hash(text, OFFSET_BASIS ^ 0x9e37)}`,
}

function hash(text: string, basis: number): string {
  return fnv(text, basis).toString(36).padStart(7, '0')
}
