import type { ContentPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Losses } from '../shared/lose.ts'
import { urlOfSource } from '../shared/media.ts'
import { compact } from '../shared/read-json.ts'
import { textOfFile } from '../shared/text-file.ts'

/** One block as content of a message; none where there is nothing to say or no place for it. Empty text is refused. */
export function writePart(part: ContentPart, path: string, losses: Losses): JsonObject[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text }]
    case 'image': {
      const url = urlOfSource(part.source)
      if (url === undefined) return lost(losses, path, 'an image stored at another provider')
      return [{ type: 'image_url', image_url: compact({ url, detail: writeDetail(part.detail, path, losses) }) }]
    }
    case 'file': {
      const text = textOfFile(part)
      if (text === undefined) return lost(losses, path, 'only documents of plain text in the request itself are taken')
      losses.lose(path, 'documents cannot be had here; its text was put into the turn')
      return [{ type: 'text', text: part.name === undefined ? text : `${part.name}:\n${text}` }]
    }
    case 'audio':
      return lost(losses, path, 'sound is not taken')
    case 'native':
      if (part.format === 'cohere-chat') return [part.value as JsonObject]
      return lost(losses, path, `a block of the type ${part.kind}, which only its own format has`)
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return lost(losses, path, 'it has no place in this turn')
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

const DETAILS = ['auto', 'low', 'high']

function writeDetail(detail: string | undefined, path: string, losses: Losses): string | undefined {
  if (detail === undefined || DETAILS.includes(detail)) return detail
  losses.lose(`${path}.detail`, 'only auto, low and high are known; high was sent')
  return 'high'
}

function lost(losses: Losses, path: string, reason: string): JsonObject[] {
  losses.lose(path, reason)
  return []
}
