import type { FinishReason, StreamPart } from '../core/stream-part.ts'
import { isCutShort } from '../core/stream-part.ts'
import type { CallOutcome } from '../core/tool-outcome.ts'
import type { Declared, Dialect } from '../dialects/dialect.ts'
import type { TextEvent } from '../dialects/read-text.ts'
import { createTextReader } from '../dialects/read-text.ts'
import type { PartChange } from './held-calls.ts'

/** How the calls in a model's text are found. */
export type TextCalls = {
  /** A new one for every answer: one that is not known yet is found out. */
  readonly dialect: () => Dialect
  /** The tools by the names that the model was told. */
  readonly declared: Declared
  /** What the gateway itself wrote at the beginning of the answer, for the model to go on from. */
  readonly begun?: string | undefined
  /** The mark behind a call, where the server may have taken it for a stop and left it out. */
  readonly close?: string | undefined
}

// Beyond any index of an upstream's own, and those of parallel calls.
const FIRST_INDEX = 2 ** 33

/** The calls that a model writes into its text as calls, and its thoughts as such, as a reader's parts pass. */
export function createTextCalls(
  { dialect, declared, begun = '', close }: TextCalls,
  onOutcome: (outcome: CallOutcome) => void,
): PartChange {
  const reader = createTextReader(dialect(), declared)
  let next = FIRST_INDEX
  let isThinking = false
  let isOver = false
  let finishReason: FinishReason | undefined
  let beginning = begun
  let endsWithBrace = false

  /** A model that does not go on from what was begun for it begins anew. */
  function read(text: string): TextEvent[] {
    if (text.trim() !== '') endsWithBrace = text.trimEnd().endsWith('}')
    if (beginning === '' || text.trim() === '') return reader.push(text)
    const before = text.trimStart().startsWith('<') ? '' : beginning
    beginning = ''
    return [...reader.push(before), ...reader.push(text)]
  }

  function partsOf(events: readonly TextEvent[]): StreamPart[] {
    return events.flatMap((event): StreamPart[] => {
      switch (event.type) {
        case 'reasoning':
          isThinking = true
          return [{ type: 'reasoning-delta', text: event.text }]
        case 'text':
          return [...thought(), { type: 'text-delta', text: event.text }]
        case 'call':
          return [...thought(), ...callOf(event.call)]
        case 'cut':
          return [...thought(), ...unfinished(event.text)]
        default: {
          const unhandled: never = event
          return unhandled
        }
      }
    })
  }

  /**
   * Half a call is of no use to anybody. Where the model itself ended there, it may have meant no call: then it is text, and
   * counts for a broken one only where it names a tool.
   */
  function unfinished(text: string): StreamPart[] {
    if (isCutShort(finishReason)) {
      onOutcome('cut')
      return []
    }
    if ([...declared.tools.keys()].some((name) => name !== '' && text.includes(name))) onOutcome('broken')
    return [{ type: 'text-delta', text }]
  }

  function thought(): StreamPart[] {
    if (!isThinking) return []
    isThinking = false
    return [{ type: 'reasoning-end' }]
  }

  function callOf({ name, argumentsText, id = '' }: (TextEvent & { type: 'call' })['call']): StreamPart[] {
    const index = next
    next += 1
    return [
      { type: 'tool-call-start', index, id, name },
      { type: 'tool-call-delta', index, argumentsText },
      { type: 'tool-call-end', index },
    ]
  }

  function finish(): StreamPart[] {
    if (isOver) return []
    isOver = true
    return [...partsOf(ending()), ...thought()]
  }

  /** A call at the end of an answer that nothing cut has its mark behind it, though that was not sent: one whose values are whole. */
  function ending(): TextEvent[] {
    const isCut = isCutShort(finishReason)
    if (close === undefined || isCut || !endsWithBrace || !reader.isReading()) return reader.end(isCut)
    const events = [...reader.push(close), ...reader.end(isCut)]
    return events.flatMap((event) => {
      if (!('text' in event) || !event.text.endsWith(close)) return [event]
      const text = event.text.slice(0, -close.length)
      return text === '' ? [] : [{ ...event, text }]
    })
  }

  return {
    push(part) {
      if (part.type === 'response-end') {
        finishReason = part.finishReason
        return [...finish(), part]
      }
      if (part.type !== 'text-delta' || isOver) return [part]
      const parts = partsOf(read(part.text))
      const [only] = parts
      // As it came, with all that was said of it.
      return parts.length === 1 && only?.type === 'text-delta' && only.text === part.text ? [part] : parts
    },
    end: finish,
    isHolding: reader.isReading,
  }
}

/** True for a call that was found in the text, which is whole. */
export function isTextCall(index: number): boolean {
  return index >= FIRST_INDEX
}
