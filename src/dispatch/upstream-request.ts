import { GatewayError } from '../core/errors.ts'
import { editMemberBytes } from '../core/json-edit.ts'
import type { HttpRequest } from '../core/ports.ts'
import type { Provider } from '../core/provider.ts'
import type { ChatBody } from '../core/request.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { Target } from '../core/target.ts'

/** Members of a request body that are for the gateway and never reach an upstream. */
const OWN_MEMBERS = ['routing'] as const

/**
 * The client's request as `target` must get it. Same format: the bytes as sent, with `model` set and the gateway's own
 * members taken out; a provider that names fields differently gets its own rewrite.
 */
export function upstreamRequest(
  chatBody: ChatBody,
  target: Target,
  snapshot: Snapshot,
): HttpRequest | Promise<HttpRequest> {
  const configured = snapshot.providers.get(target.provider)
  if (configured === undefined) {
    throw new GatewayError('internal_error', 'The model has no provider in the configuration.', {
      detail: { target: target.id, provider: target.provider },
    })
  }
  const { provider, secret, headers } = configured
  return provider.authorize({ target, body: bodyFor(chatBody, target, provider.adjustBody), secret, headers })
}

function bodyFor(chatBody: ChatBody, target: Target, adjustBody: Provider['adjustBody']): string | Uint8Array {
  const { chat, text } = chatBody.read()
  const { body } = chat.native
  const adjusted = adjustBody?.(body, target) ?? body
  if (adjusted !== body) {
    const own = Object.fromEntries(OWN_MEMBERS.map((member) => [member, undefined]))
    return JSON.stringify({ ...adjusted, ...own, model: target.model })
  }
  const hasOwn = OWN_MEMBERS.some((member) => body[member] !== undefined)
  if (!hasOwn && body['model'] === target.model) return chatBody.bytes
  const edits: Record<string, string | undefined> = { model: JSON.stringify(target.model) }
  if (hasOwn) for (const member of OWN_MEMBERS) edits[member] = undefined
  chatBody.bytes = editMemberBytes(chatBody.bytes, text, edits)
  return chatBody.bytes
}
