import type { ContentPart, ToolResultPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import { GO_ON, NO_PREFILL } from '../anthropic-messages/write-messages.ts'
import { familyOf, refusesWordsBesideResults } from './models.ts'
import type { Writing } from './write-content.ts'
import { writeCall, writeMark, writePart, writeResultContent } from './write-content.ts'

/** Blocks that stay together: a block and its cache point. */
type Item = { readonly kind: 'call' | 'reasoning' | 'other'; readonly blocks: readonly JsonObject[] }

type Turn = { readonly role: 'user' | 'assistant'; items: Item[]; readonly calls: { id: string; path: string }[] }

export type WrittenMessages = {
  readonly system: JsonObject[]
  readonly messages: JsonObject[]
  readonly hasToolBlocks: boolean
}

/**
 * Turns by the rules of Claude, which are the strictest: roles alternate and the user begins; the results of a turn stand
 * at the head of the next one, all of them; a turn's calls come after its words (design/tool-calling.md §1.3).
 */
export function writeMessages(messages: readonly Message[], writing: Writing): WrittenMessages {
  const { losses } = writing
  const begun = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const leading = begun === -1 ? messages.length : begun
  const system = messages
    .slice(0, leading)
    .flatMap((message, index) => writeSystem(message, `messages[${index}]`, writing))
  const turns: Turn[] = []
  const results = new Map<string, Item>()

  function turn(role: Turn['role']): Turn {
    const last = turns.at(-1)
    if (last?.role === role) return last
    if (role === 'assistant') writing.ids.beginTurn()
    const opened: Turn = { role, items: [], calls: [] }
    turns.push(opened)
    return opened
  }

  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`
    if (message.name !== undefined) losses.lose(`${path}.name`, NAMELESS)
    if (index < leading) continue
    if (message.role === 'assistant') addAssistant(message.content, path, turn('assistant'), writing)
    else if (message.role === 'tool') addResults(message.content, path, turn('user'), results, writing)
    else addUser(message, path, turn('user'), writing)
  }
  placeResults(turns, results, writing)
  const whole = settle(turns, writing)
  if (whole.length === 0 && system.length > 0) {
    losses.lose('messages[0].role', 'a conversation begins with the user: the instructions were sent as his')
    return { system: [], messages: [{ role: 'user', content: system }], hasToolBlocks: false }
  }
  return {
    system,
    messages: whole.map(written),
    hasToolBlocks: whole.some((one) => one.calls.length > 0),
  }
}

const NAMELESS = 'participants of one role have no names here'

function writeSystem({ content, name }: Message, path: string, writing: Writing): JsonObject[] {
  if (name !== undefined) writing.losses.lose(`${path}.name`, NAMELESS)
  return content.flatMap((part, index) => {
    const at = `${path}.content[${index}]`
    if (part.type === 'text' || part.type === 'native') return writePart(part, at, writing)
    writing.losses.lose(at, `${part.type} in system instructions`)
    return []
  })
}

function addUser({ role, content }: Message, path: string, turn: Turn, writing: Writing): void {
  if (role !== 'user') {
    writing.losses.lose(`${path}.role`, 'instructions stand before the conversation here: these were said by the user')
  }
  for (const [index, part] of content.entries()) {
    turn.items.push({ kind: 'other', blocks: writePart(part, `${path}.content[${index}]`, writing) })
  }
}

function addAssistant(content: readonly ContentPart[], path: string, turn: Turn, writing: Writing): void {
  for (const [index, part] of content.entries()) {
    const at = `${path}.content[${index}]`
    if (part.type === 'tool-call') {
      const id = writing.ids.call(part.id)
      turn.calls.push({ id, path: at })
      turn.items.push({
        kind: 'call',
        blocks: [writeCall(part, id, at, writing), ...writeMark(part.cache, at, writing)],
      })
    } else {
      const kind = part.type === 'reasoning' ? 'reasoning' : 'other'
      turn.items.push({ kind, blocks: writePart(part, at, writing) })
    }
  }
}

function addResults(
  content: readonly ContentPart[],
  path: string,
  turn: Turn,
  results: Map<string, Item>,
  writing: Writing,
): void {
  for (const [index, part] of content.entries()) {
    const at = `${path}.content[${index}]`
    if (part.type !== 'tool-result') {
      turn.items.push({ kind: 'other', blocks: writePart(part, at, writing) })
      continue
    }
    const id = writing.ids.result(part.callId)
    if (id === undefined) {
      writing.losses.lose(at, 'a result without its call was sent as words')
      const blocks = writeResultContent(part.content, at, writing)
      turn.items.push({ kind: 'other', blocks: [{ text: `Result of tool call ${part.callId}:` }, ...blocks] })
    } else {
      results.set(id, { kind: 'other', blocks: writeResult(part, id, at, writing) })
    }
  }
}

function writeResult(part: ToolResultPart, id: string, path: string, writing: Writing): JsonObject[] {
  const { isError, content } = part
  const family = familyOf(writing.model)
  const knowsErrors = family === 'claude' || family === 'nova' || family === 'unknown'
  if (isError === true && !knowsErrors)
    writing.losses.lose(`${path}.is_error`, 'this model’s results cannot be marked as errors')
  const status = isError === true && knowsErrors ? { status: 'error' } : {}
  const result = { toolUseId: id, content: writeResultContent(content, path, writing), ...status }
  // Inside a result there is no place for a cache point: the nearest is behind it.
  const inner = content.findLast((one) => 'cache' in one && one.cache !== undefined)
  const mark = part.cache ?? (inner !== undefined && 'cache' in inner ? inner.cache : undefined)
  return [{ toolResult: result }, ...writeMark(mark, path, writing)]
}

/** Each result into the turn after its call; calls that were never answered get a result that says so. */
function placeResults(turns: Turn[], results: ReadonlyMap<string, Item>, { losses }: Writing): void {
  for (const [index, { calls }] of turns.entries()) {
    const next = turns[index + 1]
    if (calls.length === 0 || next === undefined) continue
    const mine = new Set(calls.map(({ id }) => id))
    const given = [...results].filter(([id]) => mine.has(id)).map(([, item]) => item)
    const missing = calls.filter(({ id }) => !results.has(id))
    for (const { path } of missing) losses.lose(path, 'a call without its result was answered for it')
    next.items.unshift(...given, ...missing.map(({ id }): Item => ({ kind: 'other', blocks: [noResult(id)] })))
  }
}

function noResult(id: string): JsonObject {
  return { toolResult: { toolUseId: id, content: [{ text: 'The tool gave no result.' }] } }
}

/** Turns that say nothing go; what they kept apart is one turn. */
function settle(turns: readonly Turn[], writing: Writing): Turn[] {
  const settled: Turn[] = []
  for (const turn of turns) {
    const items = turn.items.filter(({ blocks }) => blocks.length > 0)
    const last = settled.at(-1)
    if (items.length === 0) continue
    if (last?.role === turn.role) {
      last.items.push(...items)
      last.calls.push(...turn.calls)
    } else settled.push({ role: turn.role, items, calls: [...turn.calls] })
  }
  endedByUser(settled, writing)
  trimLast(settled)
  if (settled[0]?.role === 'assistant') {
    writing.losses.lose('messages[0]', 'a conversation begins with the user: a turn of his was put before it')
    settled.unshift({ role: 'user', items: [{ kind: 'other', blocks: [{ text: '(Begin.)' }] }], calls: [] })
  }
  for (const turn of settled) if (turn.role === 'user') completeUser(turn, writing)
  return settled
}

/** What a Claude of these days is not to go on with, it is asked to go on with. A call at the end waits for its result. */
function endedByUser(turns: Turn[], { rules, losses }: Writing): void {
  const last = turns.at(-1)
  if (last?.role !== 'assistant' || last.calls.length > 0 || rules?.takesPrefill !== false) return
  losses.lose('messages', NO_PREFILL)
  turns.push({ role: 'user', items: [{ kind: 'other', blocks: [{ text: GO_ON }] }], calls: [] })
}

/** The answer that the model is to go on with may not end in white space. */
function trimLast(turns: Turn[]): void {
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return
  const end = last.items.at(-1)
  const [block] = end?.blocks ?? []
  const text = block?.['text']
  if (end === undefined || typeof text !== 'string') return
  last.items[last.items.length - 1] = { ...end, blocks: [{ text: text.trimEnd() }, ...end.blocks.slice(1)] }
}

function completeUser(turn: Turn, { model, losses }: Writing): void {
  const blocks = turn.items.flatMap((item) => item.blocks)
  const has = (name: string): boolean => blocks.some((block) => block[name] !== undefined)
  if (has('toolResult') && refusesWordsBesideResults(model)) turn.items = wordsInResults(blocks, losses.lose)
  // "You must also include a text field with a prompt related to the document."
  else if (has('document') && !has('text'))
    turn.items.push({ kind: 'other', blocks: [{ text: 'The document is attached.' }] })
}

/** What the user says after results, inside the last of them. */
function wordsInResults(blocks: readonly JsonObject[], lose: (path: string, reason: string) => void): Item[] {
  const results = blocks.filter((block) => block['toolResult'] !== undefined)
  const words = blocks.filter((block) =>
    ['text', 'image', 'document', 'video'].some((name) => block[name] !== undefined),
  )
  const last = results.pop()
  if (last === undefined || words.length === 0) return [{ kind: 'other', blocks }]
  lose('messages', 'this model takes no words beside tool results: they were put into the last result')
  const result = last['toolResult'] as JsonObject
  const content = [...(result['content'] as readonly JsonObject[]), ...words]
  return [{ kind: 'other', blocks: [...results, { toolResult: { ...result, content } }] }]
}

/** Calls stand at the end of their part of the turn; thoughts divide a turn into parts. */
function written({ role, items }: Turn): JsonObject {
  const content: JsonObject[] = []
  let calls: JsonObject[] = []
  for (const { kind, blocks } of items) {
    if (kind === 'reasoning') {
      content.push(...calls)
      calls = []
    }
    if (kind === 'call') calls.push(...blocks)
    else content.push(...blocks)
  }
  return { role, content: [...content, ...calls] }
}
