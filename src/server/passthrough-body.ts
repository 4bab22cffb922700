import { isJsonObject } from '../core/json.ts'
import { editMemberBytes } from '../core/json-edit.ts'
import type { Snapshot } from '../core/snapshot.ts'

/** What a body says of where it should go. */
export type PassthroughBody = {
  readonly bytes: Uint8Array
  /** The `model` member of a JSON object, as sent; `undefined` in any other body. */
  readonly asked: string | undefined
  readonly text: string
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Looks for `model` in a body that says it is JSON. One that is not is for the provider to judge. */
export function readPassthroughBody(bytes: Uint8Array, contentType: string | undefined): PassthroughBody {
  const unread = { bytes, asked: undefined, text: '' }
  if (bytes.length === 0 || contentType === undefined || !/^application\/(?:[\w.+-]+\+)?json\b/i.test(contentType))
    return unread
  try {
    const text = decoder.decode(bytes)
    const value: unknown = JSON.parse(text)
    const asked = isJsonObject(value) ? value['model'] : undefined
    return typeof asked === 'string' ? { bytes, asked, text } : unread
  } catch {
    return unread
  }
}

/** The provider that `model: "provider/model"`, or an alias of such a name, speaks of. */
export function providerOfModel(asked: string | undefined, snapshot: Snapshot): string | undefined {
  const provider = splitModel(asked, snapshot)?.provider
  return provider !== undefined && snapshot.providers.has(provider) ? provider : undefined
}

/** The model's name at `provider`: without the provider's own before it. */
export function bareModel(asked: string, provider: string, snapshot: Snapshot): string {
  const split = splitModel(asked, snapshot)
  return split?.provider === provider ? split.model : asked
}

/** The body with every `model` member set to `model`. Last wins in one parser and first in another: here all agree. */
export function withModel({ bytes, text }: PassthroughBody, model: string): Uint8Array {
  return editMemberBytes(bytes, text, { model: JSON.stringify(model) })
}

function splitModel(
  asked: string | undefined,
  snapshot: Snapshot,
): { readonly provider: string; readonly model: string } | undefined {
  const name = asked === undefined ? '' : (snapshot.aliases.get(asked) ?? asked)
  const slash = name.indexOf('/')
  return slash <= 0 ? undefined : { provider: name.slice(0, slash), model: name.slice(slash + 1) }
}
