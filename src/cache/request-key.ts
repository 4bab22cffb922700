import type { JsonObject, JsonValue } from '../core/json.ts'
import type { ChatRequest } from '../core/request.ts'
import type { WireFormat } from '../core/wire-format.ts'

// What makes two requests equal. A key is the digest of such a text: everything that changes an answer stands in it.

/** What of a call besides its body changes its answer. */
export type Asking = {
  /** Whose answers these are: a key of the gateway sees no other's. */
  readonly tenant: string
  /** Tells a target apart from every other, and from itself under another configuration. */
  readonly target: string
  /** A body is made to fit a model that the gateway chose. */
  readonly isChosen: boolean
  /** Headers of the client that reach the provider. */
  readonly headers: readonly (string | undefined)[]
}

/** What an answer depends on is not all in the request, or answering does more than to say something. */
export function isCacheable(chat: ChatRequest, format: WireFormat): boolean {
  if ((chat.sampling.choices ?? 1) !== 1) return false
  if (chat.tools.some(({ native }) => native !== undefined)) return false
  if (DOING.some((name) => isAsked(chat.native.body[name]))) return false
  return format.untranslatable?.(chat.native.body) === undefined
}

// Members by which providers search, run code, or call what others serve: their tools, without standing among the tools.
const DOING = [
  'web_search_options',
  'search_parameters',
  'search_settings',
  'enable_search',
  'plugins',
  'mcp_servers',
  'container',
]

function isAsked(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)
}

// How an answer is framed, and to whom it is put: the key has the target.
const UNASKED = new Set(['model', 'stream', 'stream_options'])

/** A request as digests, so that nobody has to hold on to it. */
export type RequestDigests = {
  /** The same request in the same format. */
  readonly exact: string
  /** Requests of different formats that ask the same; `undefined` for one that says what not every format can. */
  readonly shared: string | undefined
}

/** `sent`: the text that `chat` was read from. */
export function requestDigests(
  chat: ChatRequest,
  format: WireFormat,
  sent: string,
  digest: (text: string) => string,
): RequestDigests {
  const numbers = longNumbers(sent)
  const shared = sharedText(chat, format)
  return {
    exact: digest(bodyText(chat) + numbers),
    shared: shared === undefined ? undefined : digest(shared + numbers),
  }
}

/** Numbers of which a double holds no more than the beginning (seeds of 64 bits): read, two of them may be one. */
function longNumbers(sent: string): string {
  return (sent.match(/\d{16,}/g) ?? []).join(' ')
}

/** The text whose digest names an answer to the request of that digest. */
export function keyText(
  kind: 'exact' | 'shared' | 'semantic',
  asking: Asking,
  format: string,
  request: string,
): string {
  const { tenant, target, isChosen, headers } = asking
  return JSON.stringify([kind, tenant, target, isChosen, headers, format, request])
}

/** A client's body without what says only how its answer is sent. */
export function bodyText({ native }: ChatRequest): string {
  const asked = Object.entries(native.body).filter(([name]) => !UNASKED.has(name))
  return JSON.stringify(Object.fromEntries(asked) satisfies JsonObject)
}

function sharedText(chat: ChatRequest, format: WireFormat): string | undefined {
  const { model: _model, stream: _stream, includeUsage: _usage, native, legacyCalls, ...said } = chat
  // A text to go on with is no question, though it is read as one.
  if (legacyCalls === true || format.id === 'openai-completions' || format.unread(native.body).length > 0)
    return undefined
  return JSON.stringify(sorted(said, undefined))
}

// The order in a client's own JSON is the order in which the model reads it.
const AS_SENT = new Set<string | undefined>(['parameters', 'schema', 'value', 'metadata', 'format'])

/** Readers write their members in orders of their own. */
function sorted(value: unknown, name: string | undefined): unknown {
  if (typeof value !== 'object' || value === null || AS_SENT.has(name)) return value
  if (Array.isArray(value)) return value.map((one) => sorted(one, undefined))
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  members.sort(([left], [right]) => (left < right ? -1 : 1))
  return members.map(([key, member]) => [key, sorted(member, key)])
}
