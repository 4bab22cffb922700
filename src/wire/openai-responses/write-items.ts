import type { ContentPart, ReasoningPart, ToolCallPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { CallIds } from '../shared/call-ids.ts'
import { createCallIds, takenId } from '../shared/call-ids.ts'
import type { Losses } from '../shared/lose.ts'
import { lost } from '../shared/lose.ts'
import { loseSignature } from '../shared/lose-signature.ts'
import { urlOfSource } from '../shared/media.ts'
import { CALL_ID } from './call-ids.ts'
import { writeReasoningItem } from './reasoning.ts'

/** A block of reasoning and where it stands in the request. */
type Thought = { readonly part: ReasoningPart; readonly path: string; readonly turn: number }

/** Takes an item that the turn of this index became. */
type Add = (item: JsonObject, turn: number) => void

type Writing = {
  readonly losses: Losses
  readonly ids: CallIds
  readonly lastIds: Map<string, string>
  /** Whether the last call so far took free text, by the id it was given. */
  readonly isCustom: Map<string, boolean>
}

const NO_MARKS = 'this format takes no cache marks; the provider caches by itself'

/**
 * Turns as input items. `from`: the first turn that is one, after those that went into `instructions`. `origins`: of each
 * item, the turn that it is of.
 */
export function writeItems(
  messages: readonly Message[],
  from: number,
  losses: Losses,
): { readonly written: readonly JsonObject[]; readonly origins: readonly number[] } {
  const ids = createCallIds(messages, CALL_ID)
  const writing = { losses, ids, lastIds: new Map<string, string>(), isCustom: new Map<string, boolean>() }
  const written: JsonObject[] = []
  const origins: number[] = []
  const add: Add = (item, turn) => {
    written.push(item)
    origins.push(turn)
  }
  const assistant = createAssistant(writing, add)
  for (let index = from; index < messages.length; index += 1) {
    const message = messages[index]
    if (message === undefined) continue
    const path = `messages[${index}]`
    if (message.name !== undefined) losses.lose(`${path}.name`, 'participants have no names in this format')
    if (message.role !== 'assistant') {
      for (const item of writeTurn(message, path, writing)) add(item, index)
      continue
    }
    if (messages[index - 1]?.role !== 'assistant') ids.beginTurn()
    assistant.say(message.content, index)
    if (messages[index + 1]?.role !== 'assistant') assistant.end()
  }
  return { written, origins }
}

function writeTurn({ role, content }: Message, path: string, writing: Writing): JsonObject[] {
  if (role === 'tool') return writeResults(content, path, writing)
  return [{ type: 'message', role, content: plain(writeParts(content, path, writing)) }]
}

type Assistant = {
  say(content: readonly ContentPart[], turn: number): void
  /** Somebody else has the word. */
  end(): void
}

/**
 * Runs of words are one message; thoughts, calls and native items are items of their own, in the order said. What a
 * thought led to may stand in the next of several turns in a row.
 */
function createAssistant(writing: Writing, add: Add): Assistant {
  let words: JsonObject[] = []
  let thoughts: Thought[] = []

  function endMessage(turn: number): void {
    if (words.length > 0) add({ type: 'message', role: 'assistant', content: words }, turn)
    words = []
  }

  function endThoughts(hasFollower: boolean): void {
    writeThoughts(thoughts, hasFollower, writing.losses, add)
    thoughts = []
  }

  return {
    say(content, turn) {
      for (const [index, part] of content.entries()) {
        const path = `messages[${turn}].content[${index}]`
        if (part.type === 'reasoning') {
          endMessage(turn)
          thoughts.push({ part, path, turn })
          continue
        }
        const item = writeSaid(part, path, writing)
        if (item === undefined) continue
        endThoughts(true)
        if (part.type === 'text' || part.type === 'refusal') {
          words.push(item)
        } else {
          endMessage(turn)
          add(item, turn)
        }
      }
      endMessage(turn)
    },
    end: () => endThoughts(false),
  }
}

function writeSaid(part: ContentPart, path: string, writing: Writing): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      loseMarks(part, path, writing.losses)
      loseSignature(part, path, writing.losses)
      return part.text === '' ? undefined : { type: 'output_text', text: part.text }
    case 'refusal':
      return { type: 'refusal', refusal: part.text }
    case 'tool-call':
      loseMarks(part, path, writing.losses)
      return writeCall(part, path, writing)
    case 'native':
      if (part.format === 'openai-responses') return part.value as JsonObject
      return lost(writing.losses, path, `a block of the type ${part.kind}, which only its own format has`)
    case 'image':
    case 'audio':
    case 'file':
      return lost(
        writing.losses,
        path,
        `${part.type === 'audio' ? 'audio' : `an ${part.type}`} in the model's own turn`,
      )
    case 'reasoning':
    case 'tool-result':
      return lost(writing.losses, path, 'a tool result outside a tool turn')
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

const FOREIGN = 'reasoning state of another provider, which this one cannot read'

/**
 * Blocks that belong to one item make one. It needs its state, which OpenAI alone can read, and something after it that it
 * led to: a reasoning item at the end of a turn is refused ("provided without its required following item").
 */
function writeThoughts(thoughts: readonly Thought[], hasFollower: boolean, losses: Losses, add: Add): void {
  const items: Thought[][] = []
  for (const thought of thoughts) {
    const open = items.at(-1)
    const before = open?.at(-1)?.part
    const isSame = before?.signature === undefined && before?.id !== undefined && before.id === thought.part.id
    if (open !== undefined && isSame) open.push(thought)
    else items.push([thought])
  }
  for (const item of items) {
    const signature = item.at(-1)?.part.signature
    const isOwn = signature?.by === 'openai-responses'
    const [first] = item
    if (first !== undefined && isOwn && hasFollower) add(writeReasoningItem(item.map(({ part }) => part)), first.turn)
    else for (const { path } of item) losses.lose(path, isOwn ? 'reasoning that nothing followed' : FOREIGN)
  }
}

function writeCall(part: ToolCallPart, path: string, { losses, ids, lastIds, isCustom }: Writing): JsonObject {
  const { name, argumentsText } = part
  loseSignature(part, path, losses)
  const call_id = ids.call(part.id)
  lastIds.set(part.id, call_id)
  isCustom.set(call_id, part.custom === true)
  if (part.custom === true) return { type: 'custom_tool_call', call_id, name, input: argumentsText }
  return { type: 'function_call', call_id, name, arguments: argumentsText === '' ? '{}' : argumentsText }
}

function writeResults(content: readonly ContentPart[], path: string, writing: Writing): JsonObject[] {
  return content.flatMap((part, index) => {
    if (part.type === 'tool-result') return [writeResult(part, `${path}.content[${index}]`, writing)]
    writing.losses.lose(`${path}.content[${index}]`, 'something else than a result in a tool turn')
    return []
  })
}

function writeResult(part: ToolResultPart, path: string, writing: Writing): JsonObject {
  loseMarks(part, path, writing.losses)
  if (part.isError === true) writing.losses.lose(`${path}.is_error`, 'results cannot be marked as errors')
  const output = writeParts(part.content, path, writing)
  // Other formats say of the call alone what it took, and a result of the other kind answers nothing here.
  const call_id = answeredId(part.callId, writing)
  const isCustom = writing.isCustom.get(call_id) ?? part.custom === true
  const type = isCustom ? 'custom_tool_call_output' : 'function_call_output'
  return { type, call_id, output: plain(output) }
}

/** A second result goes to the call that had the first, and one without a call stays without. */
function answeredId(id: string, { ids, lastIds }: Writing): string {
  return ids.result(id) ?? lastIds.get(id) ?? takenId(id, CALL_ID)
}

/** A string where one text alone was said, as small servers like it best. */
function plain(parts: readonly JsonObject[]): string | readonly JsonObject[] {
  const [only] = parts
  if (only === undefined) return ''
  return parts.length === 1 && typeof only['text'] === 'string' ? only['text'] : parts
}

function writeParts(content: readonly ContentPart[], path: string, writing: Writing): JsonObject[] {
  return content.flatMap((part, index) => {
    const at = `${path}.content[${index}]`
    const written = writePart(part, at, writing.losses)
    if (written === undefined) return []
    loseMarks(part, at, writing.losses)
    return [written]
  })
}

function writePart(part: ContentPart, path: string, losses: Losses): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text }
    case 'refusal':
      return { type: 'input_text', text: part.text }
    case 'image': {
      const { source } = part
      const detail = part.detail === undefined ? {} : { detail: part.detail }
      if (isStoredHere(source)) return { type: 'input_image', file_id: source.id, ...detail }
      const url = urlOfSource(source)
      if (url === undefined) return lost(losses, path, 'an image stored at another provider')
      return { type: 'input_image', image_url: url, ...detail }
    }
    case 'audio':
      if (part.source.type !== 'data') return lost(losses, path, 'audio that is not in the request itself')
      return { type: 'input_audio', input_audio: { data: part.source.data, format: part.format } }
    case 'file':
      return writeFile(part, path, losses)
    case 'native':
      if (part.format === 'openai-responses') return part.value as JsonObject
      return lost(losses, path, `a block of the type ${part.kind}, which only its own format has`)
    case 'reasoning':
    case 'tool-call':
    case 'tool-result':
      return lost(losses, path, `a block of the type ${part.type} in a turn that cannot have one`)
    default: {
      const unhandled: never = part
      return unhandled
    }
  }
}

function writeFile(part: ContentPart & { type: 'file' }, path: string, losses: Losses): JsonObject | undefined {
  const { source, name } = part
  if (isStoredHere(source)) return { type: 'input_file', file_id: source.id }
  const named = name === undefined ? {} : { filename: name }
  if (source.type === 'url') return { type: 'input_file', file_url: source.url, ...named }
  const data = urlOfSource(source)
  if (data === undefined) return lost(losses, path, 'a document stored at another provider')
  return { type: 'input_file', filename: name ?? 'document', file_data: data }
}

function isStoredHere(
  source: (ContentPart & { type: 'file' })['source'],
): source is { type: 'stored'; id: string; format: 'openai-responses' | 'openai-chat' } {
  return source.type === 'stored' && (source.format === 'openai-responses' || source.format === 'openai-chat')
}

function loseMarks(part: ContentPart, path: string, losses: Losses): void {
  if ('cache' in part && part.cache !== undefined) losses.lose(`${path}.cache_control`, NO_MARKS)
}
