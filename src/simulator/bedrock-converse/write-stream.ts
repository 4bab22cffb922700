import type { Answer, Choice } from '../answer.ts'
import { eventFrame } from '../event-frame.ts'
import type { Frame, Rejection, SimulatedCall } from '../format.ts'
import { seal } from '../signature.ts'
import { exceptionOf, writeError } from './rejection.ts'
import { writeMetadata, writeStopReason } from './write-answer.ts'

const PADDING = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** The events of ConverseStream. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export function* writeStream(_call: SimulatedCall, answer: Answer): Generator<Frame> {
  const [choice] = answer.choices
  yield event('messageStart', { role: 'assistant' })
  if (choice !== undefined) yield* writeBlocks(choice)
  yield event('messageStop', { stopReason: writeStopReason(choice) })
  yield event('metadata', writeMetadata(answer))
}

/** An exception in the place of an event. https://smithy.io/2.0/aws/amazon-eventstream.html */
export function writeStreamError(rejection: Rejection): Uint8Array {
  const name = exceptionOf(rejection)
  const headers = {
    ':exception-type': `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
    ':content-type': 'application/json',
    ':message-type': 'exception',
  }
  return eventFrame(headers, writeError(rejection))
}

/** Text and reasoning have no start event; a call has. */
function* writeBlocks({ reasoning, text, calls }: Choice): Generator<Frame> {
  let contentBlockIndex = 0
  if (reasoning.length > 0) {
    for (const token of reasoning) yield delta(contentBlockIndex, { reasoningContent: { text: token } }, 1)
    yield delta(contentBlockIndex, { reasoningContent: { signature: seal('claude', reasoning.join('')) } }, 0)
    yield event('contentBlockStop', { contentBlockIndex })
    contentBlockIndex += 1
  }
  let hasText = false
  for (const token of text) {
    hasText = true
    yield delta(contentBlockIndex, { text: token }, 1)
  }
  if (hasText) {
    yield event('contentBlockStop', { contentBlockIndex })
    contentBlockIndex += 1
  }
  for (const { id, name, argumentTokens } of calls) {
    yield event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } }, 1)
    for (const token of argumentTokens) yield delta(contentBlockIndex, { toolUse: { input: token } }, 1)
    yield event('contentBlockStop', { contentBlockIndex })
    contentBlockIndex += 1
  }
}

function delta(contentBlockIndex: number, change: object, tokens: number): Frame {
  return event('contentBlockDelta', { contentBlockIndex, delta: change }, tokens)
}

/** Bedrock pads its events with `p`, so that their lengths give nothing away. */
function event(type: string, payload: object, tokens = 0): Frame {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' }
  const text = JSON.stringify(payload)
  const padded = { ...payload, p: PADDING.slice(0, (text.length * 7) % PADDING.length) }
  return { data: eventFrame(headers, JSON.stringify(padded)), tokens }
}
