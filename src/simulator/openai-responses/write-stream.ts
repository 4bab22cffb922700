import type { Answer, Choice } from '../answer.ts'
import { namedEvent } from '../event-stream.ts'
import type { Frame, SimulatedCall, Stamp } from '../format.ts'
import type { Item } from './write-items.ts'
import {
  itemId,
  writeItems,
  writeMessage,
  writePart,
  writeReasoning,
  writeResponse,
  writeUsage,
} from './write-items.ts'

type Event = { readonly type: string; readonly [member: string]: unknown }
type Step = { readonly event: Event; readonly tokens: number }

/** The events of a response, numbered. https://platform.openai.com/docs/api-reference/responses-streaming */
export function* writeStream(call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  let number = 0
  for (const { event, tokens } of steps(call, answer, stamp)) {
    const { type, ...rest } = event
    yield { data: namedEvent(type, { type, sequence_number: number, ...rest }), tokens }
    number += 1
  }
}

function* steps(call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Step> {
  const [choice] = answer.choices
  const opening = writeResponse(call, stamp, { status: 'in_progress', output: [], usage: null })
  yield quiet({ type: 'response.created', response: opening })
  yield quiet({ type: 'response.in_progress', response: opening })
  if (choice === undefined) return
  const items = yield* itemSteps(call, choice, stamp)
  const status = choice.finish === 'length' ? 'incomplete' : 'completed'
  const response = writeResponse(call, stamp, { status, output: items, usage: writeUsage(answer) })
  yield quiet({ type: `response.${status}`, response })
}

function* itemSteps(call: SimulatedCall, choice: Choice, stamp: Stamp): Generator<Step, Item[]> {
  let at = 0
  if (choice.reasoning.length > 0) {
    yield* reasoningSteps(call, choice, stamp)
    at += 1
  }
  let text = ''
  const id = itemId('msg', stamp, 0, choice)
  const place = { item_id: id, output_index: at, content_index: 0 }
  for (const token of choice.text) {
    if (text === '') {
      yield added(at, writeMessage(id, '', 'in_progress'))
      yield quiet({ type: 'response.content_part.added', ...place, part: writePart('') })
    }
    text += token
    yield { event: { type: 'response.output_text.delta', ...place, delta: token, logprobs: [] }, tokens: 1 }
  }
  const items = writeItems(call, { ...choice, text: [text] }, stamp)
  if (text !== '') {
    yield quiet({ type: 'response.output_text.done', ...place, text, logprobs: [] })
    yield quiet({ type: 'response.content_part.done', ...place, part: writePart(text) })
    yield done(at, items[at])
    at += 1
  }
  for (const made of choice.calls) {
    const item = items[at]
    const own = { item_id: item?.id, output_index: at }
    yield { ...added(at, { ...item, status: 'in_progress', arguments: '' }), tokens: 1 }
    for (const delta of made.argumentTokens) {
      yield { event: { type: 'response.function_call_arguments.delta', ...own, delta }, tokens: 1 }
    }
    yield quiet({
      type: 'response.function_call_arguments.done',
      ...own,
      name: made.name,
      arguments: made.argumentTokens.join(''),
    })
    yield done(at, item)
    at += 1
  }
  return items
}

function* reasoningSteps(call: SimulatedCall, choice: Choice, stamp: Stamp): Generator<Step> {
  const item = writeReasoning(call, choice, stamp)
  const place = { item_id: item.id, output_index: 0, summary_index: 0 }
  const text = choice.reasoning.join('')
  yield added(0, { ...item, summary: [] })
  yield quiet({ type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } })
  for (const delta of choice.reasoning) {
    yield { event: { type: 'response.reasoning_summary_text.delta', ...place, delta }, tokens: 1 }
  }
  yield quiet({ type: 'response.reasoning_summary_text.done', ...place, text })
  yield quiet({ type: 'response.reasoning_summary_part.done', ...place, part: { type: 'summary_text', text } })
  yield done(0, item)
}

function added(index: number, item: object): Step {
  return quiet({ type: 'response.output_item.added', output_index: index, item })
}

function done(index: number, item: object | undefined): Step {
  return quiet({ type: 'response.output_item.done', output_index: index, item })
}

function quiet(event: Event): Step {
  return { event, tokens: 0 }
}
