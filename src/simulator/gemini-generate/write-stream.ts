import type { Answer, Choice } from '../answer.ts'
import type { Frame, SimulatedCall, Stamp } from '../format.ts'
import type { Part } from './write-answer.ts'
import { signatureOf, writeCall, writeContent, writeFinish, writeTail } from './write-answer.ts'

type Piece = {
  readonly parts: readonly Part[]
  readonly tokens: number
  readonly reasoning: number
  readonly finish?: string
}

/** The answer in chunks that are answers themselves, one a token, each with the bill so far. `write` frames one. */
export function* writeChunks(
  call: SimulatedCall,
  answer: Answer,
  stamp: Stamp,
  write: (chunk: string, index: number) => string,
): Generator<Frame> {
  let tokens = 0
  let reasoning = 0
  let sent = 0
  const open = new Map(answer.choices.entries().map(([index, choice]) => [index, pieces(call, choice)]))
  while (open.size > 0) {
    for (const [index, rest] of open) {
      const next = rest.next()
      if (next.done === true) {
        open.delete(index)
        continue
      }
      tokens += next.value.tokens
      reasoning += next.value.reasoning
      const { parts, finish } = next.value
      const reason = finish === undefined ? {} : { finishReason: finish }
      const candidates = [{ content: writeContent(parts), ...reason, index }]
      const chunk = JSON.stringify({ candidates, ...writeTail(call, answer, stamp, tokens, reasoning) })
      yield { data: write(chunk, sent), tokens: next.value.tokens }
      sent += 1
    }
  }
}

function* pieces(call: SimulatedCall, choice: Choice): Generator<Piece> {
  for (const text of choice.reasoning) yield { parts: [{ text, thought: true }], tokens: 1, reasoning: 1 }
  let hasText = false
  for (const text of choice.text) {
    hasText = true
    yield { parts: [{ text }], tokens: 1, reasoning: 0 }
  }
  for (const [index, made] of choice.calls.entries()) {
    const tokens = 1 + made.argumentTokens.length
    yield { parts: [writeCall(call, choice, made, index)], tokens, reasoning: 0 }
  }
  const parts = hasText ? [{ text: '', ...signatureOf(call, choice) }] : choice.calls.length > 0 ? [{ text: '' }] : []
  yield { parts, tokens: 0, reasoning: 0, finish: writeFinish(choice) }
}
