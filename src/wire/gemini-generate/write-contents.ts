import type { JsonObject } from '../../core/json.ts'
import type { Message } from '../../core/request.ts'
import type { Losses } from '../shared/lose.ts'
import { isGemini3 } from './model-facts.ts'
import { UNCHECKED } from './signatures.ts'
import { writeModelParts, writeUserParts } from './write-parts.ts'
import type { PlacedCall, PlacedResult } from './write-results.ts'
import { writeOrphan, writeResults } from './write-results.ts'
import { textsOf } from './write-system.ts'

type Writing = {
  readonly model: string
  readonly losses: Losses
  /** How many messages stood before these in the client's request. */
  readonly offset: number
  /** Instructions for a model that takes none: they open the first turn of the user. */
  readonly preface: readonly string[]
}

type Content = { readonly role: 'user' | 'model'; readonly parts: JsonObject[]; readonly isResults: boolean }

/**
 * Turns as contents. Turns of one role in a row are one content, but the results of calls stand alone, right after the
 * calls, one for each (https://ai.google.dev/gemini-api/docs/function-calling).
 */
export function writeContents(messages: readonly Message[], writing: Writing): JsonObject[] {
  const { losses, offset, model } = writing
  const contents: Content[] = []
  const takesMedia = isGemini3(model)
  // From here on Gemini 3 checks that its calls are signed.
  const turnStart = messages.findLastIndex(({ role }) => role === 'user')
  let calls: PlacedCall[] = []
  let results: PlacedResult[] = []
  let held: JsonObject[] = []

  /** The results of the last calls, then what was said while they were gathered. */
  function settle(isLast: boolean): void {
    const isOpen = isLast && results.length === 0 && held.length === 0
    if (!isOpen && (calls.length > 0 || results.length > 0)) {
      const { responses, attachments } = writeResults(calls, results, takesMedia, losses)
      if (responses.length > 0) contents.push({ role: 'user', parts: responses, isResults: true })
      add(contents, 'user', attachments)
    }
    add(contents, 'user', held)
    calls = []
    results = []
    held = []
  }

  function isAwaited(id: string): boolean {
    const count = (ids: readonly string[]): number => ids.filter((one) => one === id).length
    return count(calls.map(({ part }) => part.id)) > count(results.map(({ part }) => part.callId))
  }

  if (writing.preface.length > 0) held.push(...writing.preface.map((text) => ({ text })))
  for (const [index, message] of messages.entries()) {
    const path = `messages[${offset + index}]`
    if (message.role === 'assistant') {
      // Some clients say each of several calls in a turn of its own.
      if (results.length > 0 || held.length > 0) settle(false)
      if (message.name !== undefined) losses.lose(`${path}.name`, 'turns have no names here')
      const parts = writeModelParts(message.content, path, losses)
      const before = contents.at(-1)
      const isFirst = before?.role !== 'model' || !before.parts.some(isCall)
      add(contents, 'model', takesMedia && index > turnStart && isFirst ? withSignature(parts) : parts)
      for (const [at, part] of message.content.entries()) {
        if (part.type === 'tool-call') calls.push({ part, path: `${path}.content[${at}]` })
      }
    } else if (message.role === 'tool') {
      for (const [at, part] of message.content.entries()) {
        const placed = `${path}.content[${at}]`
        if (part.type === 'tool-result') {
          if (isAwaited(part.callId)) results.push({ part, path: placed })
          else held.push(...writeOrphan({ part, path: placed }, losses))
        } else losses.lose(placed, 'only results stand in a tool turn')
      }
    } else if (message.role === 'user') {
      if (message.name !== undefined) losses.lose(`${path}.name`, 'turns have no names here')
      held.push(...writeUserParts(message.content, path, losses))
    } else {
      const texts = textsOf(message, path, losses)
      if (texts.length > 0)
        losses.lose(`${path}.role`, 'an instruction in the middle of a conversation; it was told as the user’s words')
      held.push(...texts.map((text) => ({ text: `<system>\n${text}\n</system>` })))
    }
  }
  settle(true)
  return contents.map(({ role, parts }) => ({ role, parts }))
}

function add(contents: Content[], role: Content['role'], parts: readonly JsonObject[]): void {
  if (parts.length === 0) return
  const last = contents.at(-1)
  if (last?.role === role && !last.isResults) last.parts.push(...parts)
  else contents.push({ role, parts: [...parts], isResults: false })
}

function isCall(part: JsonObject): boolean {
  return part['functionCall'] !== undefined
}

/** The first call of a turn carries the signature of all of them; where no Gemini made it, the one that is not checked. */
function withSignature(parts: readonly JsonObject[]): readonly JsonObject[] {
  const first = parts.findIndex(isCall)
  const call = parts[first]
  if (call === undefined || call['thoughtSignature'] !== undefined) return parts
  return parts.with(first, { ...call, thoughtSignature: UNCHECKED })
}
