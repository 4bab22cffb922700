import type { ContentPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { isJsonObject } from '../../core/json.ts'
import { sourceOfFileData, sourceOfUrl } from '../shared/media.ts'
import { objectOf, requiredObject, requiredString, textOf, wrong } from '../shared/read-json.ts'

/** Content of a message or of a call's output: a string, or a list of parts. */
export function readContent(value: JsonValue | undefined, path: string): ContentPart[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrong(path, 'a string or a list of content parts', value)
  return value.map((part: JsonValue, index) => readPart(part, `${path}[${index}]`))
}

function readPart(value: JsonValue, path: string): ContentPart {
  const part = requiredObject(value, path, 'an object with a type')
  const type = requiredString(part['type'], `${path}.type`)
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: requiredString(part['text'], `${path}.text`) }
    case 'refusal':
      return { type: 'refusal', text: requiredString(part['refusal'], `${path}.refusal`) }
    case 'input_image':
      return readImage(part, path)
    case 'input_file':
      return readFile(part, path)
    case 'input_audio':
      return readAudio(part, path)
    default:
      return { type: 'native', format: 'openai-responses', kind: type, value }
  }
}

function readImage(part: JsonObject, path: string): ContentPart {
  const { image_url: image, file_id: id, detail } = part
  const said = typeof detail === 'string' ? { detail } : {}
  // Chat Completions has the URL in an object; clients that were ported send it here too.
  const url = isJsonObject(image) ? image['url'] : image
  if (typeof url === 'string') return { type: 'image', source: sourceOfUrl(url), ...said }
  if (typeof id === 'string') {
    return { type: 'image', source: { type: 'stored', id, format: 'openai-responses' }, ...said }
  }
  throw wrong(`${path}.image_url`, 'a URL or a data URL (or file_id must name a stored image)', url)
}

function readFile(part: JsonObject, path: string): ContentPart {
  const { file_data: data, file_id: id, file_url: url, filename } = part
  const name = typeof filename === 'string' ? { name: filename } : {}
  if (typeof data === 'string') {
    return { type: 'file', source: sourceOfFileData(data), ...name }
  }
  if (typeof url === 'string') return { type: 'file', source: sourceOfUrl(url), ...name }
  if (typeof id === 'string') {
    return { type: 'file', source: { type: 'stored', id, format: 'openai-responses' }, ...name }
  }
  throw wrong(`${path}.file_data`, 'a data URL (or file_url or file_id must say where the file is)', data)
}

function readAudio(part: JsonObject, path: string): ContentPart {
  const audio = objectOf(part['input_audio'])
  const data = requiredString(audio['data'], `${path}.input_audio.data`, 'a base64 string')
  const format = textOf(audio['format']) ?? 'wav'
  return { type: 'audio', format, source: { type: 'data', mediaType: `audio/${format}`, data } }
}
