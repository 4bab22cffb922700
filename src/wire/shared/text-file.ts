import type { FilePart } from '../../core/content.ts'
import { textOfBase64 } from './media.ts'

const TEXTUAL =
  /^(?:text(?:\/|$)|application\/(?:json|xml|yaml|x-yaml|x-ndjson|javascript|toml)\b|[^;]*\+(?:json|xml)\b)/

/** The text of a document that is text and stands in the request itself; `undefined` for any other. */
export function textOfFile({ source }: FilePart): string | undefined {
  if (source.type !== 'data' || !TEXTUAL.test(source.mediaType)) return undefined
  try {
    return textOfBase64(source.data)
  } catch {
    // Not base64: as unreadable as a document elsewhere.
    return undefined
  }
}
