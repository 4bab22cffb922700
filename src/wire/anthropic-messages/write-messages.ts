import type { ContentPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import { createCallIds } from '../shared/call-ids.ts'
import { CALL_ID } from './call-ids.ts'
import type { ModelRules } from './model-rules.ts'
import type { Writing } from './write-content.ts'
import { writeAssistant, writeParts, writeResult } from './write-content.ts'

export type Conversation = { readonly system: JsonObject[]; readonly messages: JsonObject[] }

/** A message and where it stands in the client's request. */
type Placed = { readonly message: Message; readonly path: string }

/** What the assistant said in one go, and what was answered before he spoke again. */
type Exchange = { readonly said: Placed[]; readonly answered: Placed[] }

/** A call that waits for its result: by the client's id, and by the one that is sent. */
type OpenCall = { readonly id: string; readonly sentId: string }

const BEGINNING = '(The conversation begins here.)'
export const GO_ON = 'Go on from exactly where you stopped.'
/** Why instructions amid the conversation are the user's words. */
export const NO_SYSTEM_TURN =
  'this model takes system text before the conversation only; it was sent as a part of what the user says'
/** Why a last turn of the assistant's is not the last in what is sent. */
export const NO_PREFILL = 'the model cannot go on with a turn of its own here; it was asked to in a turn of the user'
const NO_RESULT = 'There is no result of this call.'

/**
 * Turns by the API's rules: system text before the conversation, the user first, one turn at a time, every call's
 * result at the beginning of the turn right after it (design/tool-calling.md §1.3).
 */
export function writeConversation(all: readonly Message[], rules: ModelRules, writing: Writing): Conversation {
  const placed = all.map((message, index) => ({ message, path: `messages[${index}]` }))
  const first = placed.findIndex(({ message }) => !isSystem(message))
  const leading = first < 0 ? placed : placed.slice(0, first)
  const system = leading.flatMap(({ message, path }) => {
    sayName(message, path, writing)
    return writeParts(message.content, path, writing)
  })
  const ids = createCallIds(all, CALL_ID)
  const turns: JsonObject[] = []
  for (const { said, answered } of exchangesOf(first < 0 ? [] : placed.slice(first))) {
    const open: OpenCall[] = []
    const opened = (id: string): string => {
      const sentId = ids.call(id)
      open.push({ id, sentId })
      return sentId
    }
    const words = said.flatMap(({ message, path }) => {
      sayName(message, path, writing)
      return writeAssistant(message.content, path, opened, writing)
    })
    push(turns, 'assistant', words)
    writeAnswers(answered, open, turns, rules, writing)
  }
  return { system, messages: begunAndEnded(turns, rules, writing) }
}

function isSystem({ role }: Message): boolean {
  return role === 'system' || role === 'developer'
}

function exchangesOf(placed: readonly Placed[]): Exchange[] {
  const exchanges: Exchange[] = [{ said: [], answered: [] }]
  for (const one of placed) {
    const last = exchanges.at(-1)
    if (one.message.role !== 'assistant') last?.answered.push(one)
    else if (last !== undefined && last.answered.length === 0) last.said.push(one)
    else exchanges.push({ said: [one], answered: [] })
  }
  return exchanges
}

/** Results first, whatever stood before them; then the rest in its order, with results that no call waits for. */
function writeAnswers(
  answered: readonly Placed[],
  open: OpenCall[],
  turns: JsonObject[],
  rules: ModelRules,
  writing: Writing,
): void {
  const results: JsonObject[] = []
  const strays = new Set<ContentPart>()
  for (const { message, path } of answered) {
    for (const [index, part] of message.content.entries()) {
      if (part.type !== 'tool-result') continue
      const at = `${path}.content[${index}]`
      const place = open.findIndex((call) => call.id === part.callId)
      const [call] = place < 0 ? [] : open.splice(place, 1)
      if (call !== undefined) results.push(writeResult(part, call.sentId, at, writing))
      else strays.add(part)
    }
  }
  for (const { id, sentId } of open) {
    writing.losses.lose('messages', `the call ${id} has no result; one that says so was put in`)
    results.push({ type: 'tool_result', tool_use_id: sentId, content: NO_RESULT, is_error: true })
  }
  push(turns, 'user', results)
  writeRest(answered, strays, turns, rules, writing)
}

/** A result without its call would be refused: its text is kept as what the user said. */
function writeStray(part: ToolResultPart, path: string, writing: Writing): JsonObject[] {
  writing.losses.lose(path, 'the result of a call that is not in the conversation; it was sent as text')
  return [{ type: 'text', text: `Result of ${part.name ?? part.callId}:` }, ...writeParts(part.content, path, writing)]
}

function writeRest(
  answered: readonly Placed[],
  strays: ReadonlySet<ContentPart>,
  turns: JsonObject[],
  rules: ModelRules,
  writing: Writing,
): void {
  const lastUser = answered.findLastIndex(({ message }) => !isSystem(message))
  for (const [index, { message, path }] of answered.entries()) {
    for (const [at, part] of message.content.entries())
      if (part.type === 'tool-result' && strays.has(part))
        push(turns, 'user', writeStray(part, `${path}.content[${at}]`, writing))
    const content = message.content.filter((part) => part.type !== 'tool-result')
    if (content.length === 0) continue
    sayName(message, path, writing)
    const blocks = writeParts(content, path, writing)
    if (!isSystem(message)) push(turns, 'user', blocks)
    // Right after what the user said and right before the assistant: the one place where it may stand.
    else if (rules.takesSystemTurns && index > lastUser && turns.length > 0) push(turns, 'system', blocks)
    else push(turns, 'user', folded(blocks, path, writing))
  }
}

function folded(blocks: readonly JsonObject[], path: string, { losses }: Writing): JsonObject[] {
  if (blocks.length === 0) return []
  losses.lose(`${path}.role`, NO_SYSTEM_TURN)
  return inSystemTags(blocks)
}

/** What the user says of it is said by the system. */
export function inSystemTags(blocks: readonly JsonObject[]): JsonObject[] {
  return [{ type: 'text', text: '<system>' }, ...blocks, { type: 'text', text: '</system>' }]
}

function sayName({ name }: Message, path: string, { losses }: Writing): void {
  if (name !== undefined) losses.lose(`${path}.name`, 'participants have no names')
}

/** Adds to the turn under way, or begins the next. */
function push(turns: JsonObject[], role: string, blocks: readonly JsonObject[]): void {
  if (blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.['role'] !== role) turns.push({ role, content: [...blocks] })
  else turns[turns.length - 1] = { role, content: [...contentOf(last), ...blocks] }
}

function contentOf({ content }: JsonObject): JsonObject[] {
  // Written by `push`.
  return content as unknown as JsonObject[]
}

function begunAndEnded(turns: JsonObject[], rules: ModelRules, { losses }: Writing): JsonObject[] {
  const [first] = turns
  const last = turns.at(-1)
  if (first?.['role'] !== 'user') {
    losses.lose('messages', 'a conversation begins with the user; a line that says so was put in')
    turns.unshift({ role: 'user', content: [{ type: 'text', text: BEGINNING }] })
  }
  if (last?.['role'] !== 'assistant') return turns
  if (!rules.takesPrefill) {
    losses.lose('messages', NO_PREFILL)
    return [...turns, { role: 'user', content: [{ type: 'text', text: GO_ON }] }]
  }
  return [...turns.slice(0, -1), { role: 'assistant', content: trimmed(contentOf(last)) }]
}

/** A last turn to be gone on with may not end with white space. */
function trimmed(blocks: readonly JsonObject[]): JsonObject[] {
  return blocks.map((block, index) =>
    index === blocks.length - 1 && typeof block['text'] === 'string'
      ? { ...block, text: block['text'].trimEnd() }
      : block,
  )
}
