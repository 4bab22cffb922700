import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { table } from '../../core/table.ts'
import { objectOf, textOf } from '../shared/read-json.ts'

/** Formats of attachments by their media types. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
const IMAGES = { png: 'image/png', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' } as const

const DOCUMENTS = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
} as const

const VIDEOS = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  flv: 'video/x-flv',
  mpeg: 'video/mpeg',
  wmv: 'video/x-ms-wmv',
  three_gp: 'video/3gpp',
} as const

const ALIASES = table<string>({ 'image/jpg': 'image/jpeg', 'text/x-markdown': 'text/markdown' })

const SOUNDS = 'aac flac m4a mka mkv mp3 mp4 mpeg mpga ogg opus pcm wav webm x-aac'.split(' ')

const KINDS = { image: IMAGES, document: DOCUMENTS, video: VIDEOS } as const

export type MediaKind = keyof typeof KINDS

/** The block `{image|document|video: {format, source}}` without the document's name; why not, where there is none. */
export type WrittenMedia =
  | { readonly kind: MediaKind; readonly value: JsonObject }
  | { readonly kind: 'refused'; readonly reason: string }

export function writeMedia(source: MediaSource): WrittenMedia {
  if (source.type === 'stored') return { kind: 'refused', reason: 'it is stored at another provider' }
  if (source.type === 'data') {
    const found = formatOf(source.mediaType)
    if (found === undefined) return { kind: 'refused', reason: `Bedrock takes nothing of the type ${source.mediaType}` }
    return { kind: found.kind, value: { format: found.format, source: { bytes: source.data } } }
  }
  if (!source.url.startsWith('s3://')) return { kind: 'refused', reason: 'Bedrock fetches nothing but s3:// addresses' }
  const found = formatOf(source.mediaType ?? '') ?? formatOfName(source.url)
  if (found === undefined) return { kind: 'refused', reason: 'its address does not say of which type it is' }
  return { kind: found.kind, value: { format: found.format, source: { s3Location: { uri: source.url } } } }
}

/** `{audio: {format, source}}`; `undefined` where Bedrock cannot take it. */
export function writeAudio({ format, source }: AudioPart): JsonObject | undefined {
  if (!SOUNDS.includes(format)) return undefined
  if (source.type === 'data') return { audio: { format, source: { bytes: source.data } } }
  const isStored = source.type === 'url' && source.url.startsWith('s3://')
  return isStored ? { audio: { format, source: { s3Location: { uri: source.url } } } } : undefined
}

/** An `image`, `document` or `video` block; `undefined` where its source is of a kind that only Bedrock has. */
export function readMedia(kind: MediaKind, value: JsonObject): ImagePart | FilePart | undefined {
  const format = textOf(value['format']) ?? (kind === 'document' ? 'txt' : '')
  const types: Readonly<Record<string, string>> = KINDS[kind]
  const mediaType = types[format] ?? `${kind === 'document' ? 'application' : kind}/${format}`
  const source = readSource(objectOf(value['source']), mediaType)
  if (source === undefined) return undefined
  if (kind === 'image') return { type: 'image', source }
  const name = textOf(value['name'])
  return { type: 'file', source, ...(name === undefined ? {} : { name }) }
}

export function readAudio(value: JsonObject): AudioPart | undefined {
  const format = textOf(value['format']) ?? 'wav'
  const source = readSource(objectOf(value['source']), `audio/${format}`)
  return source === undefined ? undefined : { type: 'audio', format, source }
}

/** The media type of an image in an answer. */
export function imageType(format: string): string {
  const types: Readonly<Record<string, string>> = IMAGES
  return types[format] ?? `image/${format}`
}

/** The format of an image in an answer. */
export function imageFormat(mediaType: string): string | undefined {
  const found = formatOf(mediaType)
  return found?.kind === 'image' ? found.format : undefined
}

function readSource(source: JsonObject, mediaType: string): MediaSource | undefined {
  const bytes = textOf(source['bytes'])
  if (bytes !== undefined) return { type: 'data', mediaType, data: bytes }
  const location = objectOf(source['s3Location'])
  const uri = textOf(location['uri'])
  // Whose bucket it is has no place in a URL.
  if (uri !== undefined && location['bucketOwner'] === undefined) return { type: 'url', url: uri, mediaType }
  return undefined
}

function formatOf(mediaType: string): { readonly kind: MediaKind; readonly format: string } | undefined {
  const [bare = ''] = mediaType.toLowerCase().split(';')
  const type = ALIASES[bare.trim()] ?? bare.trim()
  for (const kind of MEDIA_KINDS) {
    const found = Object.entries(KINDS[kind]).find(([, known]) => known === type)
    if (found !== undefined) return { kind, format: found[0] }
  }
  return undefined
}

function formatOfName(name: string): { readonly kind: MediaKind; readonly format: string } | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const format = EXTENSIONS[extension] ?? extension
  const kind = MEDIA_KINDS.find((one) => Object.hasOwn(KINDS[one], format))
  return kind === undefined ? undefined : { kind, format }
}

const EXTENSIONS = table<string>({ jpg: 'jpeg', '3gp': 'three_gp', mpg: 'mpeg', htm: 'html' })

export const MEDIA_KINDS: readonly MediaKind[] = ['image', 'document', 'video']
