// Which strings of a body are not what anybody said: changing one would break the call.

const STRUCTURAL: ReadonlySet<string> = new Set(
  [
    'type role id call_id tool_call_id tool_use_id toolUseId item_id file_id fileId previous_response_id response_id',
    'conversation container signature thoughtSignature thought_signature encrypted_content media_type mimeType mime_type',
    'url image_url file_url fileUri file_uri detail system_fingerprint object service_tier finish_reason stop_reason',
    'finishReason responseId modelVersion status',
  ].flatMap((line) => line.split(' ')),
)

/** Objects that a tool or its caller filled: anything may stand in there. */
const FREE: ReadonlySet<string> = new Set(['input', 'args', 'arguments', 'response', 'structuredContent'])
/** What callers file their calls under, and what a schema shows as values: below them nothing is a format's own. */
const CALLERS: ReadonlySet<string> = new Set(['metadata', 'labels', 'examples', 'example', 'default', 'const', 'enum'])
/** No format's own members are deeper; a longer look at each string of a deep body would cost its square. */
const DEEPEST = 64
const DATA: ReadonlySet<string> = new Set(['data', 'file_data', 'bytes', 'b64_json'])
const BASE64 = /^(?:data:[\w./+-]*(?:;[\w=-]*)*,)?[A-Za-z0-9+/_-]*={0,2}$/

type Place = readonly (string | number)[]

/** True inside of an object whose members are a tool's own. */
export function isFree(place: Place): boolean {
  if (place.length > DEEPEST) return true
  for (let index = 0; index + 1 < place.length; index += 1) {
    const step = place[index]
    if (typeof step !== 'string') continue
    if (CALLERS.has(step) || (FREE.has(step) && typeof place[index + 1] === 'string')) return true
  }
  return false
}

/** The same of the members of the object at a place. */
export function isFreeKey(place: Place): boolean {
  const last = place.at(-1)
  return (typeof last === 'string' && FREE.has(last)) || isFree(place)
}

const NAMES: ReadonlySet<string | number | undefined> = new Set(
  'user user_id safety_identifier session_id litellm_session_id prompt_cache_key'.split(' '),
)

/** True of what a caller calls himself, his user or his conversation. */
export function namesSomebody(place: Place): boolean {
  const isOutermost = place.length === 1 || (place.length === 2 && place[0] === 'metadata')
  return isOutermost && NAMES.has(place.at(-1))
}

/** True of a name, an id, a signature, a link to a medium or its bytes. */
export function isStructural(place: Place, value: string): boolean {
  if (isFree(place) || place.at(-2) === 'variables') return false
  const name = place.findLast((step) => typeof step === 'string')
  if (typeof name !== 'string') return false
  if (DATA.has(name)) return BASE64.test(value)
  return STRUCTURAL.has(name) || (name === 'model' && place.length === 1)
}
