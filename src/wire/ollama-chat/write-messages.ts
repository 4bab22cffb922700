import type { ContentPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import { loseMark } from '../shared/no-cache-marks.ts'
import { objectArguments } from '../shared/object-arguments.ts'
import { compact } from '../shared/read-json.ts'
import { textOfFile } from '../shared/text-file.ts'
import { toolNames } from '../shared/tool-names.ts'

type Writing = { readonly losses: Losses; readonly omitsThoughts: boolean; readonly names: ReadonlyMap<string, string> }

/** What a turn amounts to: one text, pictures beside it. */
type Gathered = { texts: string[]; images: string[]; thoughts: string[]; calls: JsonObject[] }

/** Turns as messages; every tool result is a message of its own. */
export function writeMessages(messages: readonly Message[], losses: Losses, omitsThoughts: boolean): JsonObject[] {
  const writing: Writing = { losses, omitsThoughts, names: toolNames(messages) }
  return messages.flatMap((message, index) => {
    const path = `messages[${index}]`
    if (message.role === 'tool') {
      return message.content.flatMap((part, at) =>
        part.type === 'tool-result' ? [writeResult(part, `${path}.content[${at}]`, writing)] : [],
      )
    }
    return [writeTurn(message, path, writing)]
  })
}

function writeTurn(message: Message, path: string, writing: Writing): JsonObject {
  if (message.name !== undefined) writing.losses.lose(`${path}.name`, 'participants of one role have no names')
  const { texts, images, thoughts, calls } = gather(message.content, path, writing)
  return compact({
    role: message.role === 'developer' ? 'system' : message.role,
    content: texts.join('\n'),
    thinking: thoughts.length > 0 ? thoughts.join('\n') : undefined,
    images: images.length > 0 ? images : undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
  })
}

/** Older servers know the tool by its name, newer ones the call by its id. */
function writeResult(part: ToolResultPart, path: string, writing: Writing): JsonObject {
  if (part.isError === true) writing.losses.lose(`${path}.is_error`, 'results cannot be marked as errors')
  loseMark(part, path, writing.losses)
  const { texts, images } = gather(part.content, path, writing)
  return compact({
    role: 'tool',
    content: texts.join('\n'),
    images: images.length > 0 ? images : undefined,
    tool_name: part.name ?? writing.names.get(part.callId),
    tool_call_id: part.callId,
  })
}

function gather(content: readonly ContentPart[], path: string, writing: Writing): Gathered {
  const gathered: Gathered = { texts: [], images: [], thoughts: [], calls: [] }
  for (const [index, part] of content.entries()) {
    const at = `${path}.content[${index}]`
    loseMark(part, at, writing.losses)
    if ('signature' in part && part.signature !== undefined) {
      writing.losses.lose(`${at}.signature`, 'nothing is signed here')
    }
    take(part, at, writing, gathered)
  }
  return gathered
}

function take(part: ContentPart, path: string, { losses, omitsThoughts }: Writing, gathered: Gathered): void {
  switch (part.type) {
    case 'text':
    case 'refusal':
      if (part.text !== '') gathered.texts.push(part.text)
      return
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto')
        losses.lose(`${path}.detail`, 'pictures have one resolution')
      if (part.source.type === 'data') gathered.images.push(part.source.data)
      else losses.lose(path, 'an image that is not in the request itself')
      return
    case 'file': {
      const text = textOfFile(part)
      if (text === undefined) {
        losses.lose(path, 'only documents of plain text in the request itself are taken')
        return
      }
      losses.lose(path, 'documents are unknown; its text was put into the turn')
      gathered.texts.push(part.name === undefined ? text : `${part.name}:\n${text}`)
      return
    }
    case 'audio':
      losses.lose(path, 'sound is not taken')
      return
    case 'reasoning':
      if (omitsThoughts) losses.lose(path, 'earlier reasoning cannot be sent back to this provider')
      else if (part.redacted === true) losses.lose(path, 'reasoning that only its own provider can read')
      else if (part.text !== '') gathered.thoughts.push(part.text)
      return
    case 'tool-call':
      gathered.calls.push(writeCall(part, path, losses))
      return
    case 'tool-result':
      losses.lose(path, 'a tool result outside a tool turn')
      return
    case 'native':
      losses.lose(path, `a block of the type ${part.kind}, which only its own format has`)
      return
    default:
      part satisfies never
  }
}

function writeCall({ id, name, argumentsText }: ToolCallPart, path: string, losses: Losses): JsonObject {
  const lose = (reason: string): void => losses.lose(`${path}.arguments`, reason)
  return { id, function: { name, arguments: objectArguments(argumentsText, lose) } }
}
