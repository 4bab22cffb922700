import type { Answer, Choice } from '../answer.ts'
import type { Frame, SimulatedCall, Stamp } from '../format.ts'
import { SYSTEM_FINGERPRINT, writeFinish, writeUsage } from './write-answer.ts'

/** What ends every whole stream. */
export const DONE = 'data: [DONE]\n\n'

/** A stream of `chat.completion.chunk`: roles, deltas, finishes, the bill if asked for, `[DONE]`. */
export function* writeStream(call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  const envelope = writeEnvelope(call, stamp)
  const choices = answer.choices.map((choice, index) => choiceDeltas(choice, index))
  // Choices take turns, as they do when they are generated side by side.
  const open = new Set(choices)
  while (open.size > 0) {
    for (const deltas of open) {
      const next = deltas.next()
      if (next.done === true) open.delete(deltas)
      else yield { data: envelope(next.value.choice), tokens: next.value.tokens }
    }
  }
  if (call.includesUsage) yield { data: writeUsageFrame(call, answer, stamp), tokens: 0 }
  yield { data: DONE, tokens: 0 }
}

/** The frame with the bill, which has no choices. */
export function writeUsageFrame(call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  return `data: ${head(call, stamp)}"choices":[],"usage":${JSON.stringify(writeUsage(answer))}}\n\n`
}

type Delta = { readonly choice: string; readonly tokens: number }

function writeEnvelope(call: SimulatedCall, stamp: Stamp): (choice: string) => string {
  const before = `data: ${head(call, stamp)}"choices":[`
  const after = call.includesUsage ? '],"usage":null}\n\n' : ']}\n\n'
  return (choice) => (choice === '' ? '' : before + choice + after)
}

function head(call: SimulatedCall, stamp: Stamp): string {
  return `{"id":"chatcmpl-${stamp.id}","object":"chat.completion.chunk","created":${stamp.createdSeconds},"model":${JSON.stringify(call.model)},"service_tier":"default","system_fingerprint":"${SYSTEM_FINGERPRINT}",`
}

function* choiceDeltas(choice: Choice, index: number): Generator<Delta> {
  // OpenAI bills reasoning and does not show it.
  for (const _ of choice.reasoning) yield { choice: '', tokens: 1 }
  const opening = choice.calls.length > 0 ? '"content":null' : '"content":""'
  yield { choice: writeDelta(index, `{"role":"assistant",${opening},"refusal":null}`), tokens: 0 }
  for (const token of choice.text) {
    yield { choice: writeDelta(index, `{"content":${JSON.stringify(token)}}`), tokens: 1 }
  }
  for (const [at, { id, name, argumentTokens }] of choice.calls.entries()) {
    const named = `{"index":${at},"id":${JSON.stringify(id)},"type":"function","function":{"name":${JSON.stringify(name)},"arguments":""}}`
    yield { choice: writeDelta(index, `{"tool_calls":[${named}]}`), tokens: 1 }
    for (const token of argumentTokens) {
      const piece = `{"index":${at},"function":{"arguments":${JSON.stringify(token)}}}`
      yield { choice: writeDelta(index, `{"tool_calls":[${piece}]}`), tokens: 1 }
    }
  }
  yield { choice: writeDelta(index, '{}', writeFinish(choice)), tokens: 0 }
}

function writeDelta(index: number, delta: string, finish?: string): string {
  const reason = finish === undefined ? 'null' : `"${finish}"`
  return `{"index":${index},"delta":${delta},"logprobs":null,"finish_reason":${reason}}`
}
