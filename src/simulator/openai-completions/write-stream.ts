import type { Answer, Choice } from '../answer.ts'
import { plainEvent } from '../event-stream.ts'
import type { Frame, Stamp } from '../format.ts'
import { plainUsage } from '../openai-dialects/dialect.ts'
import { splitTokens } from '../text.ts'
import type { CompletionsCall } from './read-call.ts'
import { promptOf, wordsOf, writeChoice, writeFinish, writeHead } from './write-answer.ts'
import { writeLogprobs } from './write-logprobs.ts'

type Piece = { readonly choice: object; readonly tokens: number }

/**
 * A stream of `text_completion`: the prompt if it is echoed, a token an event, an empty text with the finish, the bill if
 * asked for, `[DONE]`. As recorded in https://github.com/simonw/llm/issues/284
 */
export function* writeStream(call: CompletionsCall, answer: Answer, stamp: Stamp): Generator<Frame> {
  const event = (choices: readonly object[], usage: object | null): string =>
    plainEvent({ ...writeHead(call, stamp, choices), ...(call.includesUsage ? { usage } : {}) })
  const choices = answer.choices.map((choice, index) => piecesOf(call, choice, index))
  // Choices take turns, as they do when they are generated side by side.
  const open = new Set(choices)
  while (open.size > 0) {
    for (const pieces of open) {
      const next = pieces.next()
      if (next.done === true) open.delete(pieces)
      else yield { data: event([next.value.choice], null), tokens: next.value.tokens }
    }
  }
  if (call.includesUsage) yield { data: event([], plainUsage(answer)), tokens: 0 }
  yield { data: 'data: [DONE]\n\n', tokens: 0 }
}

function* piecesOf(call: CompletionsCall, choice: Choice, index: number): Generator<Piece> {
  const prompt = promptOf(call, index)
  if (call.isEchoed && prompt !== '') {
    const logprobs = writeLogprobs(splitTokens(prompt), 0, call)
    yield { choice: writeChoice(prompt, index, logprobs, null), tokens: 0 }
  }
  let offset = prompt.length
  for (const token of wordsOf(choice)) {
    yield { choice: writeChoice(token, index, writeLogprobs([token], offset, call), null), tokens: 1 }
    offset += token.length
  }
  yield { choice: writeChoice('', index, writeLogprobs([], offset, call), writeFinish(choice)), tokens: 0 }
}
