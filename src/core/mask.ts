import { GatewayError } from './errors.ts'

/** A text without what must not be seen in it. The same text where there is nothing of the kind. */
export type Mask = (text: string) => string

/** Shorter ones (`ollama`, `EMPTY`) are words that anybody may say. */
const MIN_LENGTH = 8
const MIN_PART = 16
const MASKED = '[redacted]'

// Keys by their looks: tokens that were exchanged for a key, and those of other callers of the same upstream. Each begins with a
// mark and is bounded, so that nothing is looked through twice; a JWT, which is long, is looked for once in a word alone.
const KEY_LIKE =
  /\b(?:sk-[\w-]{16,200}|gsk_\w{16,200}|xai-\w{16,200}|AIza[\w-]{30,60}|ya29\.[\w.-]{16,2048}|(?:AKIA|ASIA)[A-Z0-9]{16})|(?<![\w-])(?:[\w-]{0,32}-)?eyJ[\w-]{8,4096}\.[\w-]{8,4096}\.[\w-]{0,4096}|\bBearer\s{1,4}[\w.~+/=-]{16,4096}/g

/** Masks these secrets, in their usual spellings, and whatever looks like a key. */
export function createMask(secrets: Iterable<string>): Mask {
  const spellings = [...new Set([...secrets].flatMap(spellingsOf))].sort((a, b) => b.length - a.length)
  return (text) => {
    let masked = text
    for (const one of spellings) if (masked.includes(one)) masked = masked.replaceAll(one, MASKED)
    return masked.replace(KEY_LIKE, MASKED)
  }
}

/** The error without secrets in what clients and logs get of it; the same error where there are none. */
export function maskError(error: GatewayError, mask: Mask): GatewayError {
  const { code, message, param, data, detail, headers, refusesSignatures, unreadAnswer, cause } = error
  const shown = { message, param, data, detail, headers }
  const before = JSON.stringify(shown)
  if (mask(before) === before && mask(message) === message) return error
  const masked = maskIn(shown, mask)
  return new GatewayError(code, mask(message), {
    ...(param === undefined ? {} : { param: mask(param) }),
    ...(data === undefined ? {} : { data: masked.data ?? {} }),
    detail: masked.detail,
    headers: masked.headers,
    refusesSignatures,
    unreadAnswer,
    cause,
  })
}

function spellingsOf(secret: string): string[] {
  // `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, `Bearer KEY`: what is sent is a part.
  const parts = secret.split(/[\s:]+/).filter((part) => part.length >= MIN_PART)
  const quoted = JSON.stringify(secret).slice(1, -1)
  return [secret, quoted, encodeURIComponent(secret), ...parts, ...inBase64(secret)].filter(
    (one) => one.length >= MIN_LENGTH,
  )
}

/** What of a text in base64 is the secret's alone, wherever in the text it stands: at each of the three places in a group. */
function inBase64(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret)
  return [0, 2, 3].flatMap((start, before) => {
    const end = Math.floor(((before + bytes.length) * 4) / 3)
    const written = btoa(String.fromCharCode(...new Uint8Array(before), ...bytes)).slice(start, end)
    return [written, written.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function maskIn<Value>(value: Value, mask: Mask): Value
function maskIn(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) return value.map((item: unknown) => maskIn(item, mask))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [mask(name), maskIn(member, mask)]))
}
