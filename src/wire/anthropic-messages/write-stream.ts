import type { ToolCallPart } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Citation, StreamPart, Usage } from '../../core/stream-part.ts'
import { NO_USAGE } from '../../core/stream-part.ts'
import type { AnswerContext, StreamWriter, WireEvent } from '../../core/wire-format.ts'
import { createCiteFirst } from '../shared/cite-before-signing.ts'
import type { Ending } from './stop-reason.ts'
import { writeStopReason } from './stop-reason.ts'
import { writeUsage } from './usage.ts'
import { callBlock, citationOf, hasWords, inputOf, mediumText, packed, thoughtBlock } from './write-blocks.ts'
import { messageHead } from './write-response.ts'

const EMPTY_TEXT = { type: 'text', text: '' }

type OpenBlock = 'text' | 'thinking' | 'tool_use'
/** Arguments that do not stream yet, or never will: those of free text, and what is no object. */
type Held = Pick<ToolCallPart, 'custom'> & { argumentsText: string; isHeldToEnd: boolean }
type Sound = { readonly mediaType: string; readonly isHeard: boolean }

const MAY_BEGIN_OBJECT = /^\s*(?:\{\s*)?$/
const BEGUN_OBJECT = /^\s*\{\s*["}]/

/**
 * Tidy parts as the events of a streamed message: `message_start`, for each block a start, its deltas and a stop,
 * `message_delta`, `message_stop`. Usage is known at the end only: the start says zero, SDKs take the later word.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function createWriter(context: AnswerContext): StreamWriter {
  let open: OpenBlock | undefined
  let index = -1
  let usage: Usage = NO_USAGE
  let ending: Ending = { finishReason: 'other', raw: undefined, stopSequence: undefined, isRefusal: false }
  let held: Held | undefined
  // A sound comes in pieces, and its words in others.
  let sound: Sound | undefined
  // They belong to a text: the open one, or the next.
  const unplaced: Citation[] = []
  const citeFirst = createCiteFirst()

  function start(type: OpenBlock, block: JsonObject): WireEvent[] {
    const events = [...stop(), blockStart(block)]
    open = type
    return events
  }

  function blockStart(block: JsonObject): WireEvent {
    index += 1
    return event('content_block_start', { index, content_block: block })
  }

  function stop(): WireEvent[] {
    if (open === undefined) return []
    open = undefined
    return [event('content_block_stop', { index })]
  }

  function delta(members: JsonObject): WireEvent {
    return event('content_block_delta', { index, delta: members })
  }

  function text(said: string): WireEvent[] {
    if (said === '') return []
    const started = open === 'text' ? [] : start('text', EMPTY_TEXT)
    return [...started, delta({ type: 'text_delta', text: said }), ...cited()]
  }

  function cited(): WireEvent[] {
    return unplaced.splice(0).map((one) => delta({ type: 'citations_delta', citation: citationOf(one) }))
  }

  /** Sources that were named after the last text have a block of their own. */
  function citedApart(): WireEvent[] {
    return unplaced.length === 0 ? [] : [...start('text', EMPTY_TEXT), ...cited()]
  }

  function thinking(): WireEvent[] {
    return open === 'thinking' ? [] : start('thinking', thoughtBlock({ text: '' }))
  }

  function signed(signature: string): WireEvent[] {
    // First, since what follows carries the index of the block that this may open.
    const started = thinking()
    const said = signature === '' ? [] : [delta({ type: 'signature_delta', signature })]
    return [...started, ...said, ...stop()]
  }

  function medium(part: StreamPart & { type: 'media' }): WireEvent[] {
    const { mediaType, transcript } = part
    if (!mediaType.startsWith('audio/')) return [...endSound(), ...text(mediumText(part))]
    sound = { mediaType, isHeard: sound?.isHeard === true || hasWords(transcript) }
    return hasWords(transcript) ? text(transcript) : []
  }

  /** Of a sound without words it is said once that it was there. */
  function endSound(): WireEvent[] {
    const ended = sound
    sound = undefined
    return ended === undefined || ended.isHeard ? [] : text(mediumText({ ...ended, transcript: undefined }))
  }

  function write(part: StreamPart): WireEvent[] {
    return part.type === 'media' ? medium(part) : [...endSound(), ...written(part)]
  }

  function written(part: Exclude<StreamPart, { type: 'media' }>): WireEvent[] {
    switch (part.type) {
      case 'response-start': {
        const rest = { content: [], stop_reason: null, stop_sequence: null, usage: writeUsage(NO_USAGE) }
        return [event('message_start', { message: { ...messageHead(part.id, context), ...rest } })]
      }
      case 'text-delta':
        return text(part.text)
      case 'text-signature':
        return [...stop(), ...signed(packed(part.signature))]
      case 'refusal-delta':
        ending = { ...ending, isRefusal: true }
        return text(part.text)
      case 'reasoning-delta':
        return part.text === '' ? [] : [...thinking(), delta({ type: 'thinking_delta', thinking: part.text })]
      case 'reasoning-end':
        if (part.redacted === true) return [...start('thinking', thoughtBlock({ ...part, text: '' })), ...stop()]
        // Neither text nor signature: there is nothing to send back.
        return open !== 'thinking' && part.signature === undefined ? [] : signed(packed(part.signature))
      case 'tool-call-start': {
        const before = part.signature === undefined ? [] : [...stop(), ...signed(packed(part.signature))]
        held = { argumentsText: '', custom: part.custom, isHeldToEnd: part.custom === true }
        return [...before, ...start('tool_use', callBlock(part.id, part.name, {}))]
      }
      case 'tool-call-delta':
        return argue(part.argumentsText)
      case 'tool-call-end': {
        const rest = held === undefined ? '' : restOf(held, part.isCut === true)
        held = undefined
        return [...(rest === '' ? [] : [input(rest)]), ...stop()]
      }
      case 'citation':
        unplaced.push(part)
        return open === 'text' ? cited() : []
      case 'usage':
        usage = part.usage
        return []
      case 'response-end':
        ending = { ...ending, finishReason: part.finishReason, raw: part.raw, stopSequence: part.stopSequence }
        return []
      case 'response-error':
        return []
      default: {
        const unhandled: never = part
        return unhandled
      }
    }
  }

  /** Arguments stream once they begin as an object does: SDKs parse what comes, and throw the answer away for anything else. */
  function argue(said: string): WireEvent[] {
    if (held === undefined) return [input(said)]
    held.argumentsText += said
    if (held.isHeldToEnd || MAY_BEGIN_OBJECT.test(held.argumentsText)) return []
    held.isHeldToEnd = !BEGUN_OBJECT.test(held.argumentsText)
    return held.isHeldToEnd ? [] : release(held.argumentsText)
  }

  function release(text: string): WireEvent[] {
    held = undefined
    return [input(text)]
  }

  function input(partialJson: string): WireEvent {
    return delta({ type: 'input_json_delta', partial_json: partialJson })
  }

  return {
    push: (part) => citeFirst(part).flatMap(write),
    end() {
      const reason = { stop_reason: writeStopReason(ending), stop_sequence: ending.stopSequence ?? null }
      const rest = [...citedApart(), ...stop()]
      return [...rest, event('message_delta', { delta: reason, usage: writeUsage(usage) }), event('message_stop', {})]
    },
  }
}

/** What has not streamed at a call's end. Of one that was cut no more than its beginning: it must not become whole. */
function restOf(held: Held, isCut: boolean): string {
  const { argumentsText, custom } = held
  if (isCut) return MAY_BEGIN_OBJECT.test(argumentsText) ? argumentsText : ''
  // Cut short before the first argument: a delta would say that it has some.
  return argumentsText === '' && custom !== true ? '' : JSON.stringify(inputOf(held))
}

function event(type: string, members: JsonObject): WireEvent {
  return { event: type, data: JSON.stringify({ type, ...members }) }
}
