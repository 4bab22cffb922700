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

/** UTF-8 text out of base64. Throws where it is no base64. */
export function textOfBase64(data: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(data), (character) => character.charCodeAt(0)))
}

export function base64OfText(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary)
}
