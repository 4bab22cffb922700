import type { Answer, Choice } from '../answer.ts'
import type { Stamp } from '../format.ts'
import { plainUsage } from '../openai-dialects/dialect.ts'
import { splitTokens } from '../text.ts'
import type { CompletionsCall } from './read-call.ts'
import { writeLogprobs } from './write-logprobs.ts'

/** A whole `text_completion`. https://platform.openai.com/docs/api-reference/completions/object */
export function writeAnswer(call: CompletionsCall, answer: Answer, stamp: Stamp): string {
  const choices = answer.choices.map((choice, index) => {
    const prompt = promptOf(call, index)
    const tokens = [...(call.isEchoed ? splitTokens(prompt) : []), ...wordsOf(choice)]
    const start = call.isEchoed ? 0 : prompt.length
    return writeChoice(tokens.join(''), index, writeLogprobs(tokens, start, call), writeFinish(choice))
  })
  return JSON.stringify({ ...writeHead(call, stamp, choices), usage: plainUsage(answer) })
}

/** What an answer and every event of a stream have. */
export function writeHead(call: CompletionsCall, stamp: Stamp, choices: readonly object[]): object {
  return {
    id: `cmpl-${stamp.id}`,
    object: 'text_completion',
    created: stamp.createdSeconds,
    choices,
    model: call.model,
  }
}

export function writeChoice(text: string, index: number, logprobs: object | null, finish: string | null): object {
  return { text, index, logprobs, finish_reason: finish }
}

export function writeFinish({ finish }: Choice): string {
  return finish === 'length' ? 'length' : 'stop'
}

/** The prompt that the `index`-th choice completes. */
export function promptOf({ prompts, choices }: CompletionsCall, index: number): string {
  return prompts[Math.floor((index * prompts.length) / choices)] ?? ''
}

/** The tokens of a choice as text, which is all that a completion has: thoughts come first, and calls are written out. */
export function* wordsOf({ reasoning, text, calls, finish }: Choice): Generator<string> {
  yield* reasoning
  yield* text
  for (const [at, { name, argumentTokens }] of calls.entries()) {
    yield `${at === 0 ? '' : '\n'}{"name": ${JSON.stringify(name)}, "arguments": `
    for (const [index, token] of argumentTokens.entries()) {
      const isLast = index === argumentTokens.length - 1 && finish !== 'length'
      yield isLast ? `${token}}` : token
    }
  }
}
