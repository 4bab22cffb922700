import type { Answer, AnsweredCall } from '../answer.ts'
import { argumentsOf } from '../answer.ts'
import type { Frame, SimulatedCall, Stamp } from '../format.ts'

/** A whole answer. https://docs.ollama.com/api/chat */
export function writeAnswer(call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  const [choice] = answer.choices
  const thought = choice?.reasoning.join('') ?? ''
  const calls = choice?.calls ?? []
  const message = {
    content: [...(choice?.text ?? [])].join(''),
    ...(thought === '' ? {} : { thinking: thought }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
  }
  return JSON.stringify({ ...writeLine(call, stamp, message), ...writeEnd(answer) })
}

/** An answer as lines of JSON; calls come whole, each in a line. https://docs.ollama.com/api/streaming */
export function* writeStream(call: SimulatedCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  const [choice] = answer.choices
  const line = (message: object, tokens: number): Frame => ({
    data: `${JSON.stringify({ ...writeLine(call, stamp, message), done: false })}\n`,
    tokens,
  })
  for (const thinking of choice?.reasoning ?? []) yield line({ content: '', thinking }, 1)
  for (const content of choice?.text ?? []) yield line({ content }, 1)
  for (const [index, made] of (choice?.calls ?? []).entries()) {
    yield line({ content: '', tool_calls: [writeCall(made, index)] }, 1 + made.argumentTokens.length)
  }
  const last = { ...writeLine(call, stamp, { content: '' }), ...writeEnd(answer) }
  yield { data: `${JSON.stringify(last)}\n`, tokens: 0 }
}

function writeLine(call: SimulatedCall, stamp: Stamp, message: object): object {
  const created = new Date(stamp.createdSeconds * 1_000).toISOString()
  return { model: call.model, created_at: created, message: { role: 'assistant', ...message } }
}

/** Calls end with `stop` too. Durations are nanoseconds. */
function writeEnd(answer: Answer): object {
  return {
    done: true,
    done_reason: answer.choices[0]?.finish === 'length' ? 'length' : 'stop',
    total_duration: 1_000_000,
    load_duration: 100_000,
    prompt_eval_count: answer.promptTokens,
    prompt_eval_duration: 100_000,
    eval_count: answer.completionTokens,
    eval_duration: 800_000,
  }
}

function writeCall(made: AnsweredCall, index: number): object {
  return { id: made.id, function: { index, name: made.name, arguments: argumentsOf(made) } }
}
