import type {
  CacheMark,
  ContentPart,
  FilePart,
  ReasoningPart,
  Signature,
  ToolCallPart,
  ToolResultPart,
} from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { Traits } from '../../core/wire-format.ts'
import type { Losses } from '../shared/lose.ts'
import { lost } from '../shared/lose.ts'
import { urlOfSource } from '../shared/media.ts'
import { textOfFile } from '../shared/text-file.ts'
import { isDetailSigner, writeReasoning } from './reasoning.ts'
import { writeSignature } from './signatures.ts'
import { NO_MARKS, writeMark } from './write-request.ts'

/** A block and where it stands in the request. */
type Placed<Part> = { readonly part: Part; readonly path: string }

type Writing = { readonly traits: Traits; readonly losses: Losses }

/** Turns as messages. Every result is a message of its own, right after the calls; what it cannot hold follows them. */
export function writeMessages(
  messages: readonly Message[],
  traits: Traits,
  losses: Losses,
): { readonly written: readonly JsonObject[]; readonly origins: readonly number[] } {
  const writing = { traits, losses }
  const written: JsonObject[] = []
  // Images of results: they go into a user message once all results of the turn are there.
  let attachments: JsonObject[] = []
  const attach = (): void => {
    if (attachments.length > 0) written.push({ role: 'user', content: attachments })
    attachments = []
  }
  const origins: number[] = []
  for (const [index, message] of messages.entries()) {
    // What was written since is of the message before.
    while (origins.length < written.length) origins.push(index - 1)
    const path = `messages[${index}]`
    if (message.role === 'tool') {
      for (const [at, part] of message.content.entries()) {
        if (part.type === 'tool-result')
          attachments.push(...writeResult(part, `${path}.content[${at}]`, writing, written))
      }
      continue
    }
    attach()
    while (origins.length < written.length) origins.push(index - 1)
    const turn =
      message.role === 'assistant' ? writeAssistant(message, path, writing) : writeTurn(message, path, writing)
    if (turn !== undefined) written.push(turn)
  }
  attach()
  while (origins.length < written.length) origins.push(messages.length - 1)
  return { written, origins }
}

/** Pushes the `tool` message; returns the parts it cannot hold. */
function writeResult(part: ToolResultPart, path: string, writing: Writing, written: JsonObject[]): JsonObject[] {
  if (part.isError === true) writing.losses.lose(`${path}.is_error`, 'results cannot be marked as errors')
  const parts = writeParts(part.content, path, writing)
  const texts = markedLast(
    parts.filter((one) => one['type'] === 'text'),
    part.cache,
    path,
    writing,
  )
  const others = parts.filter((one) => one['type'] !== 'text')
  written.push({ role: 'tool', tool_call_id: part.callId, content: plain(texts) ?? '' })
  return others.length === 0 ? [] : [{ type: 'text', text: `Attachment of tool result ${part.callId}:` }, ...others]
}

/** A mark on a result stands on the last of its texts. */
function markedLast(
  texts: readonly JsonObject[],
  cache: CacheMark | undefined,
  path: string,
  { traits, losses }: Writing,
): readonly JsonObject[] {
  const last = texts.at(-1)
  if (cache === undefined) return texts
  if (traits.cacheMarks === true && last !== undefined)
    return texts.with(-1, { ...last, cache_control: writeMark(cache.ttl) })
  losses.lose(`${path}.cache_control`, NO_MARKS)
  return texts
}

function writeTurn(message: Message, path: string, writing: Writing): JsonObject {
  const content = plain(writeParts(message.content, path, writing)) ?? ''
  return { role: message.role, content, ...(message.name === undefined ? {} : { name: message.name }) }
}

/** `undefined` where nothing of the turn can be said here: some servers refuse one that says nothing. */
function writeAssistant(message: Message, path: string, writing: Writing): JsonObject | undefined {
  const placed = message.content.map((part, index) => ({ part, path: `${path}.content[${index}]` }))
  const thoughts = placed.filter((one): one is Placed<ReasoningPart> => one.part.type === 'reasoning')
  const calls = placed.filter((one): one is Placed<ToolCallPart> => one.part.type === 'tool-call')
  const refusal = message.content.flatMap((part) => (part.type === 'refusal' ? [part.text] : [])).join('')
  const said = writeParts(message.content, path, writing)
  const beside = { ...writeThoughts(thoughts, writing), ...writeTextSignature(placed, writing) }
  const isMute = calls.length === 0 && refusal === ''
  if (isMute && said.length === 0 && Object.keys(beside).length === 0) return undefined
  return {
    role: 'assistant',
    content: plain(said) ?? (isMute ? '' : null),
    ...(message.name === undefined ? {} : { name: message.name }),
    ...(refusal === '' ? {} : { refusal }),
    ...beside,
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ part, path: at }) => writeCall(part, at, writing)) }),
  }
}

function writeThoughts(thoughts: readonly Placed<ReasoningPart>[], { traits, losses }: Writing): JsonObject {
  if (thoughts.length === 0) return {}
  if (traits.reasoning === 'omit') {
    for (const { path } of thoughts) losses.lose(path, 'earlier reasoning cannot be sent back to this provider')
    return {}
  }
  if (traits.reasoning === 'reasoning_details') {
    const readable = thoughts.filter(({ part: { signature }, path }) => {
      const isReadable = signature === undefined || isDetailSigner(signature.by)
      if (!isReadable) losses.lose(path, 'a signature that this provider cannot read')
      return isReadable
    })
    return writeReasoning(readable.map(({ part }) => part))
  }
  for (const { part, path } of thoughts) {
    if (part.signature !== undefined) losses.lose(`${path}.signature`, 'signatures of reasoning have no place')
  }
  const { reasoning_content: text } = writeReasoning(thoughts.map(({ part }) => part))
  return text === undefined ? {} : { [traits.reasoning ?? 'reasoning_content']: text }
}

/** A message has room for the signature of its last words. */
function writeTextSignature(content: readonly Placed<ContentPart>[], writing: Writing): JsonObject {
  const signed = content.filter(({ part }) => part.type === 'text' && part.signature !== undefined)
  const last = signed.at(-1)
  const signature = last?.part.type === 'text' ? readableSignature(last.part.signature, last.path, writing) : undefined
  for (const { path } of signed.slice(0, -1))
    writing.losses.lose(`${path}.signature`, 'a message has room for one signature')
  return writeSignature(signature)
}

/** Only Google reads what Gemini signed. */
function readableSignature(signature: Signature | undefined, path: string, writing: Writing): Signature | undefined {
  if (signature === undefined) return undefined
  if (signature.by === 'gemini-generate' && writing.traits.callSignatures === true) return signature
  writing.losses.lose(`${path}.signature`, 'a signature that this provider cannot read')
  return undefined
}

function writeCall(part: ToolCallPart, path: string, writing: Writing): JsonObject {
  const { id, name, argumentsText } = part
  const signature = writeSignature(readableSignature(part.signature, path, writing))
  if (part.custom === true) return { id, type: 'custom', custom: { name, input: argumentsText }, ...signature }
  const text = argumentsText === '' ? '{}' : argumentsText
  return { id, type: 'function', function: { name, arguments: text }, ...signature }
}

/** A string where text alone was said without marks, as most servers like it best; `undefined` for nothing. */
function plain(parts: readonly JsonObject[]): string | readonly JsonObject[] | undefined {
  if (parts.length === 0) return undefined
  const [only] = parts
  if (parts.length === 1 && typeof only?.['text'] === 'string' && only['cache_control'] === undefined)
    return only['text']
  return parts
}

function writeParts(content: readonly ContentPart[], path: string, writing: Writing): JsonObject[] {
  return content.flatMap((part, index) => {
    const written = writePart(part, `${path}.content[${index}]`, writing)
    if (written === undefined) return []
    if (!('cache' in part) || part.cache === undefined) return [written]
    if (writing.traits.cacheMarks === true) return [{ ...written, cache_control: writeMark(part.cache.ttl) }]
    writing.losses.lose(`${path}.content[${index}].cache_control`, NO_MARKS)
    return [written]
  })
}

function writePart(part: ContentPart, path: string, { traits, losses }: Writing): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text }
    case 'image': {
      const url = urlOfSource(part.source)
      if (url === undefined) return lost(losses, path, 'an image stored at another provider')
      return { type: 'image_url', image_url: { url, ...(part.detail === undefined ? {} : { detail: part.detail }) } }
    }
    case 'audio':
      if (part.source.type !== 'data') return lost(losses, path, 'audio that is not in the request itself')
      if (traits.audioFormats?.includes(part.format) === false)
        return lost(losses, path, `audio other than ${traits.audioFormats.join(' and ')}`)
      return { type: 'input_audio', input_audio: { data: part.source.data, format: part.format } }
    case 'file':
      return writeFile(part, path, losses)
    case 'native':
      if (part.format === 'openai-chat') return part.value as JsonObject
      return lost(losses, path, `a block of the type ${part.kind}, which only its own format has`)
    case 'refusal':
    case 'reasoning':
    case 'tool-call':
      return undefined
    case 'tool-result':
      return lost(losses, path, 'a tool result outside a tool turn')
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

/** Documents are PDF: "but got unsupported MIME type 'text/markdown'". https://github.com/trpc-group/trpc-agent-go/issues/1816 */
function writeFile(part: FilePart, path: string, losses: Losses): JsonObject | undefined {
  const { source, name } = part
  if (source.type === 'stored' && source.format.startsWith('openai')) {
    return { type: 'file', file: { file_id: source.id } }
  }
  if (source.type !== 'data') return lost(losses, path, 'a document that is not in the request itself')
  if (source.mediaType.startsWith('application/pdf')) {
    const data = urlOfSource(source) ?? ''
    return { type: 'file', file: { filename: name ?? 'document', file_data: data } }
  }
  const text = textOfFile(part)
  if (text === undefined) return lost(losses, path, 'a document that is neither PDF nor text')
  losses.lose(path, 'documents are PDF only; its text was put into the turn')
  return { type: 'text', text: name === undefined ? text : `${name}:\n${text}` }
}
