import type { AudioPart, ContentPart, FilePart, ImagePart, MediaSource } from '../../core/content.ts'
import { table } from '../../core/table.ts'

const BY_EXTENSION = table<string>({
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
})

/** What a URL's own ending says of its bytes. */
export function mediaTypeOfUrl(url: string): string | undefined {
  const extension = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined
}

const AUDIO_FORMATS = table<string>({
  'audio/mpeg': 'mp3',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-aiff': 'aiff',
  'audio/mp4': 'm4a',
})

/** A medium as the block that its type makes of it; `undefined` for video, which no other format has. */
export function blockOfMedia(source: MediaSource, mediaType: string): ContentPart | undefined {
  if (mediaType.startsWith('video/')) return undefined
  if (mediaType.startsWith('image/')) return { type: 'image', source } satisfies ImagePart
  if (mediaType.startsWith('audio/')) {
    const format = AUDIO_FORMATS[mediaType] ?? mediaType.slice('audio/'.length).replace(/;.*$/, '')
    return { type: 'audio', source, format } satisfies AudioPart
  }
  return { type: 'file', source } satisfies FilePart
}
