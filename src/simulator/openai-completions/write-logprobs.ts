import type { CompletionsCall } from './read-call.ts'

/** What else could have stood at every place. */
const OTHERS = [' the', ' a', ' and', '\n']

/**
 * Probabilities as if a model had been sure of its words; the first token of an echoed prompt has none.
 * https://platform.openai.com/docs/api-reference/completions/object#completions/object-choices
 */
export function writeLogprobs(
  tokens: readonly string[],
  start: number,
  { logprobs, isEchoed }: Pick<CompletionsCall, 'logprobs' | 'isEchoed'>,
): object | null {
  if (logprobs === undefined) return null
  let offset = start
  const offsets = tokens.map((token) => {
    offset += token.length
    return offset - token.length
  })
  const isFirst = (index: number): boolean => isEchoed && offsets[index] === 0
  const values = tokens.map((token, index) => (isFirst(index) ? null : chosen(token)))
  const tops = tokens.map((token, index) => (isFirst(index) ? null : alternatives(token, logprobs)))
  return { tokens, token_logprobs: values, top_logprobs: logprobs === 0 ? null : tops, text_offset: offsets }
}

function chosen(token: string): number {
  return -0.1 - (token.length % 5) / 10
}

/** The most likely tokens, the chosen one among them. */
function alternatives(token: string, count: number): Record<string, number> {
  const others = OTHERS.slice(0, count - 1).map((other, index) => [other, -2 - index] as const)
  return { ...Object.fromEntries(others), [token]: chosen(token) }
}
