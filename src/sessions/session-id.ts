import type { JsonObject, JsonValue } from '../core/json.ts'
import { isJsonObject } from '../core/json.ts'

/** What a client calls the conversation of a call. */
export type NamedSession = {
  readonly id: string
  readonly by: 'header' | 'body'
  /** False of names that several conversations may share. */
  readonly isOneConversation: boolean
}

/**
 * Headers in which clients and gateways name a conversation, the more certain first (docs/sessions.md says whose they are).
 * `x-client-request-id` is none of them: one client puts its session there, the others a new id a call.
 */
const HEADERS = [
  'x-session-id',
  'x-claude-code-session-id',
  'session-id',
  'session_id',
  'x-session-affinity',
  'x-opencode-session',
  'x-litellm-session-id',
  'helicone-session-id',
  'x-openwebui-chat-id',
  'x-amp-thread-id',
  'conversation_id',
  'conversation-id',
] as const

const MAX_ID = 256

/** The client's own name of a conversation; `undefined` when it says none. */
export function namedSession(body: JsonObject, header: (name: string) => string | undefined): NamedSession | undefined {
  for (const name of HEADERS) {
    const id = idOf(header(name))
    if (id !== undefined) return { id, by: 'header', isOneConversation: true }
  }
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {}
  const conversation = isJsonObject(body['conversation']) ? body['conversation']['id'] : body['conversation']
  const said = [
    body['session_id'],
    body['litellm_session_id'],
    metadata['session_id'],
    claudeCodeSession(metadata['user_id']),
    conversation,
  ]
  for (const value of said) {
    const id = idOf(value)
    if (id !== undefined) return { id, by: 'body', isOneConversation: true }
  }
  const cache = idOf(body['prompt_cache_key'])
  return cache === undefined ? undefined : { id: cache, by: 'body', isOneConversation: false }
}

function idOf(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string') return undefined
  const id = value.trim()
  return id === '' || id.length > MAX_ID ? undefined : id
}

/**
 * Claude Code's session in `metadata.user_id`: a JSON text with `session_id`, in older versions
 * `user_…_account_…_session_UUID` (coder/aibridge#241). Any other user id is a person, who has many conversations.
 */
function claudeCodeSession(userId: JsonValue | undefined): JsonValue | undefined {
  if (typeof userId !== 'string') return undefined
  if (!userId.startsWith('{')) return /_session_([0-9a-f-]{36})$/.exec(userId)?.[1]
  try {
    const said: JsonValue = JSON.parse(userId)
    return isJsonObject(said) ? said['session_id'] : undefined
  } catch {
    // Another client's user id, which may begin with anything.
    return undefined
  }
}
