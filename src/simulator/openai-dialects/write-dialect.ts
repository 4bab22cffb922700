import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Answer, Choice } from '../answer.ts'
import { plainEvent } from '../event-stream.ts'
import type { Frame, SimulatedCall, Stamp } from '../format.ts'
import type { Dialect } from './dialect.ts'

const FINISHES = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls' } as const

/** A whole answer in a provider's dialect of `chat.completion`. */
export function writeAnswer(dialect: Dialect, call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  return JSON.stringify({
    ...head(dialect, call, stamp, 'chat.completion'),
    choices: answer.choices.map((choice, index) => ({
      index,
      message: writeMessage(dialect, choice),
      finish_reason: FINISHES[choice.finish],
    })),
    usage: dialect.usage(answer),
    ...dialect.extras('answer', answer),
  })
}

/** The same as a stream, a token a chunk where the provider sends it so. */
export function* writeStream(dialect: Dialect, call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  const start = head(dialect, call, stamp, 'chat.completion.chunk')
  let sent = 0
  for (const [index, choice] of answer.choices.entries()) {
    let isFirst = true
    // One by one: an endless answer has no last piece.
    for (const { delta, tokens, isLast = false } of deltas(dialect, choice)) {
      sent += tokens
      const place = isLast ? 'last' : isFirst ? 'first' : 'middle'
      isFirst = false
      const billed = { ...answer, completionTokens: isLast ? answer.completionTokens : sent }
      const hasUsage = dialect.usageChunks === 'every' || (isLast && dialect.usageChunks === 'last')
      const chunk = {
        ...start,
        choices: [{ index, delta, ...writeFinish(dialect, choice, isLast) }],
        ...(hasUsage ? { usage: dialect.usage(billed) } : {}),
        ...dialect.extras(place, billed),
      }
      yield { data: plainEvent(chunk), tokens }
    }
  }
  const isAsked = dialect.usageChunks === 'own-if-asked' && call.includesUsage
  if (isAsked || dialect.usageChunks === 'own') {
    yield { data: plainEvent({ ...start, choices: [], usage: dialect.usage(answer) }), tokens: 0 }
  }
  yield { data: 'data: [DONE]\n\n', tokens: 0 }
}

/** Most say `null` until there is one. */
function writeFinish(dialect: Dialect, choice: Choice, isLast: boolean): JsonObject {
  if (isLast) return { finish_reason: FINISHES[choice.finish] }
  return dialect.omitsOpenFinish === true ? {} : { finish_reason: null }
}

type Piece = { readonly delta: JsonObject; readonly tokens: number; readonly isLast?: boolean }

function* deltas(dialect: Dialect, choice: Choice): Generator<Piece> {
  yield { delta: { role: 'assistant', content: '' }, tokens: 0 }
  const [open, close] = dialect.reasoningTags ?? ['', '']
  for (const [at, token] of choice.reasoning.entries()) {
    const before = at === 0 ? open : ''
    const after = at === choice.reasoning.length - 1 ? close : ''
    yield { delta: dialect.reasoning(`${before}${token}${after}`), tokens: 1 }
  }
  for (const token of choice.text) yield { delta: writeText(dialect, choice, token), tokens: 1 }
  if (dialect.callChunks === 'all-last' && choice.calls.length > 0) {
    const tokens = choice.calls.reduce((sum, { argumentTokens }) => sum + 1 + argumentTokens.length, 0)
    const made = choice.calls.map(({ id, name, argumentTokens }, index) =>
      dialect.writeCall(id, name, argumentTokens.join(''), index, true),
    )
    yield { delta: { content: null, tool_calls: made }, tokens, isLast: true }
    return
  }
  for (const [index, { id, name, argumentTokens }] of choice.calls.entries()) {
    if (dialect.callChunks === 'each-whole') {
      const whole = dialect.writeCall(id, name, argumentTokens.join(''), index, true)
      yield { delta: { tool_calls: [whole] }, tokens: 1 + argumentTokens.length }
      continue
    }
    yield { delta: { tool_calls: [dialect.writeCall(id, name, '', index, true)] }, tokens: 1 }
    for (const token of argumentTokens) {
      yield { delta: { tool_calls: [{ index, function: { arguments: token } }] }, tokens: 1 }
    }
  }
  yield { delta: dialect.lastDelta, tokens: 0, isLast: true }
}

function writeMessage(dialect: Dialect, choice: Choice): JsonObject {
  const thought = choice.reasoning.join('')
  const said = writeText(dialect, choice, [...choice.text].join(''))
  const [open, close] = dialect.reasoningTags ?? ['', '']
  const reasoned = thought === '' ? {} : dialect.reasoning(`${open}${thought}${close}`)
  if (choice.calls.length > 0) {
    const content = dialect.contentBesideCalls
    const made = choice.calls.map(({ id, name, argumentTokens }, index) =>
      dialect.writeCall(id, name, argumentTokens.join(''), index, false),
    )
    return { role: 'assistant', ...reasoned, ...(content === undefined ? {} : { content }), tool_calls: made }
  }
  return { role: 'assistant', ...reasoned, content: joined(reasoned['content'], said['content']) }
}

function writeText(dialect: Dialect, choice: Choice, text: string): JsonObject {
  const isAfter = choice.reasoning.length > 0
  return isAfter && dialect.textAfterReasoning !== undefined ? dialect.textAfterReasoning(text) : { content: text }
}

function head(dialect: Dialect, call: SimulatedCall, stamp: Stamp, object: string): JsonObject {
  return {
    id: dialect.answerId === 'plain' ? stamp.id : `chatcmpl-${stamp.id}`,
    object,
    created: stamp.createdSeconds,
    model: call.model,
  }
}

/** Content of both, where reasoning stands in the content. */
function joined(reasoned: JsonValue | undefined, said: JsonValue | undefined): JsonValue {
  if (Array.isArray(reasoned) && Array.isArray(said)) return [...reasoned, ...said]
  return typeof reasoned === 'string' ? `${reasoned}${String(said)}` : (said ?? null)
}
