import { pictureType } from '../shared/media.ts'

/** Bare base64, as Ollama's images are, with the type that its first bytes show; PNG where they show none. */
export function imageSource(data: string): { readonly mediaType: string; readonly data: string } {
  return { mediaType: pictureType(data) ?? 'image/png', data }
}
