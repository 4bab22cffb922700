import type { Signature } from '../../core/content.ts'
import type { JsonObject } from '../../core/json.ts'
import { isObjectText } from '../../core/object-text.ts'
import type { Citation, FinishReason, StreamPart, TokenLogprob, Usage } from '../../core/stream-part.ts'
import type { AnswerContext } from '../../core/wire-format.ts'
import { createCiteFirst } from '../shared/cite-before-signing.ts'
import { writeLogprob } from '../shared/logprobs.ts'
import { UNKNOWN } from '../shared/span.ts'
import type { Open, OpenPart, Status } from './output-shapes.ts'
import { CAUSES, writeEnvelope, writeItem, writePart } from './output-shapes.ts'
import type { Signed } from './reasoning.ts'
import { packCarried } from './reasoning.ts'

/** Writes one answer, event by event; the last event has the whole response. */
export type OutputWriter = {
  push(part: StreamPart): JsonObject[]
  end(): JsonObject[]
  /** The response as far as it got. */
  response(): JsonObject
}

/** A text and where it stands. */
type Said = {
  readonly item: Open & { type: 'message' }
  readonly part: OpenPart
  readonly outputIndex: number
  readonly contentIndex: number
}

/**
 * Tidy parts as the events of a response: `response.created` first, each item added, filled and done in turn, the whole
 * response last. Reasoning is written as a summary, which is what clients of OpenAI's own models show.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
export function createOutputWriter(context: AnswerContext): OutputWriter {
  const output: JsonObject[] = []
  let id = `resp_${context.id}`
  let sequence = 0
  let hasBegun = false
  let open: Open | undefined
  let texts = 0
  let lastText: Said | undefined
  const citeFirst = createCiteFirst()
  let usage: Usage | undefined
  let finish: FinishReason = 'stop'
  let status: Status = 'in_progress'

  function event(type: string, members: JsonObject): JsonObject {
    return { type, ...members, sequence_number: sequence++ }
  }

  function response(): JsonObject {
    return writeEnvelope(context, { id, status, output: [...output], usage, finish })
  }

  function begin(): JsonObject[] {
    if (hasBegun) return []
    hasBegun = true
    return [
      event('response.created', { response: response() }),
      event('response.in_progress', { response: response() }),
    ]
  }

  /** Members that say which item an event is about. */
  function where(itemId: string): JsonObject {
    return { item_id: itemId, output_index: output.length }
  }

  function add(item: Open): JsonObject[] {
    const events = [...begin(), ...close('completed')]
    open = item
    events.push(
      event('response.output_item.added', { output_index: output.length, item: writeItem(item, 'in_progress') }),
    )
    return events
  }

  function newId(prefix: string): string {
    return `${prefix}_${context.id}_${output.length + (open === undefined ? 0 : 1)}`
  }

  function close(how: Status): JsonObject[] {
    if (open === undefined) return []
    const events =
      open.type === 'message' ? closePart(open) : open.type === 'call' ? closeCall(open) : closeSummary(open)
    return [...events, ...done(writeItem(open, open.type === 'call' && open.isCut ? 'incomplete' : how))]
  }

  function done(item: JsonObject): JsonObject[] {
    const finished = event('response.output_item.done', { output_index: output.length, item })
    output.push(item)
    open = undefined
    return [finished]
  }

  function message(): { events: JsonObject[]; item: Open & { type: 'message' } } {
    if (open?.type === 'message') return { events: [], item: open }
    const item = { type: 'message' as const, id: newId('msg'), content: [], part: undefined }
    return { events: add(item), item }
  }

  function part(spoken: OpenPart['type']): { events: JsonObject[]; item: Open & { type: 'message' }; part: OpenPart } {
    const { events, item } = message()
    if (item.part?.type === spoken) return { events, item, part: item.part }
    events.push(...closePart(item))
    const opened: OpenPart = { type: spoken, text: '', annotations: [], logprobs: [] }
    item.part = opened
    if (spoken === 'output_text') {
      texts += 1
      lastText = { item, part: opened, outputIndex: output.length, contentIndex: item.content.length }
    }
    events.push(
      event('response.content_part.added', {
        ...where(item.id),
        content_index: item.content.length,
        part: writePart(opened),
      }),
    )
    return { events, item, part: opened }
  }

  function closePart(item: Open & { type: 'message' }): JsonObject[] {
    const { part: said } = item
    if (said === undefined) return []
    const at = { ...where(item.id), content_index: item.content.length }
    const whole =
      said.type === 'refusal'
        ? event('response.refusal.done', { ...at, refusal: said.text })
        : event('response.output_text.done', { ...at, text: said.text, logprobs: said.logprobs })
    const written = writePart(said)
    item.content.push(written)
    item.part = undefined
    return [whole, event('response.content_part.done', { ...at, part: written })]
  }

  function sayText(text: string, logprobs: readonly TokenLogprob[] | undefined): JsonObject[] {
    const { events, item, part: said } = part('output_text')
    const tokens = (logprobs ?? []).map(writeLogprob)
    said.text += text
    said.logprobs.push(...tokens)
    const at = { ...where(item.id), content_index: item.content.length }
    return [...events, event('response.output_text.delta', { ...at, delta: text, logprobs: tokens })]
  }

  function sayRefusal(text: string): JsonObject[] {
    const { events, item, part: said } = part('refusal')
    said.text += text
    return [
      ...events,
      event('response.refusal.delta', { ...where(item.id), content_index: item.content.length, delta: text }),
    ]
  }

  function cite({ url, title = '', span = UNKNOWN }: Citation): JsonObject[] {
    // Before any text there is one to come.
    const events = lastText === undefined ? part('output_text').events : []
    if (lastText === undefined) return events
    const { item, part: said, outputIndex, contentIndex } = lastText
    // Places in all of the answer's text: this is another text of it.
    const { start, end } = texts > 1 ? UNKNOWN : span
    const annotation = { type: 'url_citation', url, title, start_index: start, end_index: end }
    const at = { item_id: item.id, output_index: outputIndex, content_index: contentIndex }
    const annotation_index = said.annotations.length
    said.annotations.push(annotation)
    if (item.part !== said) citeDone(lastText)
    return [...events, event('response.output_text.annotation.added', { ...at, annotation_index, annotation })]
  }

  /** The text was done before its source was named: the whole response has it all the same. */
  function citeDone({ item, part: said, outputIndex, contentIndex }: Said): void {
    item.content[contentIndex] = writePart(said)
    const done = output[outputIndex]
    if (done !== undefined) output[outputIndex] = { ...done, content: [...item.content] }
  }

  function think(text: string): JsonObject[] {
    const events: JsonObject[] = []
    let item = open
    if (item?.type !== 'reasoning') {
      item = { type: 'reasoning', id: newId('rs'), text: '' }
      events.push(...add(item))
      const empty = { type: 'summary_text', text: '' }
      events.push(event('response.reasoning_summary_part.added', { ...where(item.id), summary_index: 0, part: empty }))
    }
    item.text += text
    events.push(event('response.reasoning_summary_text.delta', { ...where(item.id), summary_index: 0, delta: text }))
    return events
  }

  function closeSummary({ id: itemId, text }: Open & { type: 'reasoning' }): JsonObject[] {
    if (text === '') return []
    const at = { ...where(itemId), summary_index: 0 }
    return [
      event('response.reasoning_summary_text.done', { ...at, text }),
      event('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }),
    ]
  }

  function endThought(signature: Signature | undefined, of: Signed, blockId: string | undefined): JsonObject[] {
    if (signature === undefined) return open?.type === 'reasoning' ? close('completed') : []
    const events: JsonObject[] = []
    if (open?.type !== 'reasoning' || of !== 'reasoning')
      events.push(...add({ type: 'reasoning', id: newId('rs'), text: '' }))
    if (open?.type !== 'reasoning') return events
    const encrypted_content = packCarried({ signature, of, id: blockId })
    return [...events, ...closeSummary(open), ...done({ ...writeItem(open, 'completed'), encrypted_content })]
  }

  function startCall(given: StreamPart & { type: 'tool-call-start' }): JsonObject[] {
    const carried = given.signature === undefined ? [] : endThought(given.signature, 'call', undefined)
    const isCustom = given.custom === true
    const { id: callId, name } = given
    const events = close('completed')
    return [
      ...carried,
      ...events,
      ...add({ type: 'call', id: newId(isCustom ? 'ctc' : 'fc'), callId, name, isCustom, text: '', isCut: false }),
    ]
  }

  function extendCall(text: string): JsonObject[] {
    if (open?.type !== 'call') return []
    open.text += text
    const type = open.isCustom ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta'
    return [event(type, { ...where(open.id), delta: text })]
  }

  function closeCall({ id: itemId, isCustom, name, text }: Open & { type: 'call' }): JsonObject[] {
    return isCustom
      ? [event('response.custom_tool_call_input.done', { ...where(itemId), input: text })]
      : [event('response.function_call_arguments.done', { ...where(itemId), name, arguments: text })]
  }

  /** Pictures are what the format's own tool for them makes; sound has no place but its words. */
  function showMedia({ mediaType, data, transcript }: StreamPart & { type: 'media' }): JsonObject[] {
    if (!mediaType.startsWith('image/')) return transcript === undefined ? [] : sayText(transcript, undefined)
    const events = [...begin(), ...close('completed')]
    const item = {
      type: 'image_generation_call',
      id: newId('ig'),
      status: 'completed',
      output_format: mediaType.slice(6),
      result: data,
    }
    const started = { ...item, status: 'in_progress', result: null }
    return [
      ...events,
      event('response.output_item.added', { output_index: output.length, item: started }),
      ...done(item),
    ]
  }

  function write(given: StreamPart): JsonObject[] {
    switch (given.type) {
      case 'response-start':
        // Another format's id would not be one that this API could be asked for.
        if (given.id.startsWith('resp_')) id = given.id
        return begin()
      case 'text-delta':
        return sayText(given.text, given.logprobs)
      case 'text-signature':
        return endThought(given.signature, 'text', undefined)
      case 'refusal-delta':
        return sayRefusal(given.text)
      case 'reasoning-delta':
        return given.text === '' ? [] : think(given.text)
      case 'reasoning-end':
        return endThought(given.signature, 'reasoning', given.id)
      case 'tool-call-start':
        return startCall(given)
      case 'tool-call-delta':
        return extendCall(given.argumentsText)
      case 'tool-call-end':
        if (open?.type === 'call') open.isCut = given.isCut === true
        // Free text may go on until something follows, or the finish comes.
        return []
      case 'media':
        return showMedia(given)
      case 'citation':
        return cite(given)
      case 'usage':
        usage = given.usage
        return []
      case 'response-end':
        finish = given.finishReason
        return []
      case 'response-error':
        return []
      default: {
        const unhandled: never = given
        return unhandled
      }
    }
  }

  return {
    push: (given) => citeFirst(given).flatMap(write),
    end() {
      const isWhole = CAUSES[finish] === undefined
      const events = [...begin(), ...close(isWhole || isWholeCall(open) ? 'completed' : 'incomplete')]
      status = isWhole ? 'completed' : 'incomplete'
      return [...events, event(`response.${status}`, { response: response() })]
    },
    response,
  }
}

/** Clients execute a call that is said to be completed. Free text may end anywhere. */
function isWholeCall(item: Open | undefined): boolean {
  return item?.type === 'call' && !item.isCustom && isObjectText(item.text)
}
