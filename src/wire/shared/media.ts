import type { MediaSource } from '../../core/content.ts'

/** A URL as a source: `data:` URLs are taken apart, so that formats with fields of their own for the bytes can write them. */
export function sourceOfUrl(url: string): MediaSource {
  const found = /^data:([^;,]*)(?:;[^;,]*)*;base64,/.exec(url.slice(0, 200))
  if (found === null) return { type: 'url', url }
  return {
    type: 'data',
    mediaType: found[1] === '' ? 'text/plain' : (found[1] ?? ''),
    data: url.slice(found[0].length),
  }
}

/** A source as a URL; `undefined` for one that only its provider can read. */
export function urlOfSource(source: MediaSource): string | undefined {
  switch (source.type) {
    case 'url':
      return source.url
    case 'data':
      return `data:${source.mediaType};base64,${source.data}`
    case 'stored':
      return undefined
    default: {
      const unhandled: never = source
      return unhandled
    }
  }
}

/** OpenAI's `file_data`: a URL, or what some clients send, the bare base64 of a PDF. */
export function sourceOfFileData(data: string): MediaSource {
  return /^(?:data|https?):/.test(data) ? sourceOfUrl(data) : { type: 'data', mediaType: 'application/pdf', data }
}

/** The first bytes of each kind of picture, in base64. */
const PICTURES = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
] as const

/** The type of a picture that its first bytes show, whatever it is said to be; `undefined` where they show none. */
export function pictureType(data: string): string | undefined {
  return PICTURES.find(([start]) => data.startsWith(start))?.[1]
}

/** UTF-8 text out of base64. Throws where it is no base64. */
export function textOfBase64(data: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)))
}

export function base64OfText(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}
