import type { Answer, AnsweredCall, Choice } from '../answer.ts'
import { argumentsOf } from '../answer.ts'
import type { SimulatedCall, Stamp } from '../format.ts'
import { seal } from '../signature.ts'

export type Part = Readonly<Record<string, unknown>>

/** A whole answer. https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export function writeAnswer(call: SimulatedCall, answer: Answer, stamp: Stamp): string {
  return JSON.stringify({
    candidates: answer.choices.map((choice, index) => ({
      content: writeContent(writeParts(call, choice)),
      finishReason: writeFinish(choice),
      index,
    })),
    ...writeTail(call, answer, stamp, answer.completionTokens, answer.reasoningTokens),
  })
}

/** A content without parts has no `parts`, as an empty answer of Gemini's. */
export function writeContent(parts: readonly Part[]): unknown {
  return parts.length === 0 ? { role: 'model' } : { parts, role: 'model' }
}

/** Calls end with STOP too. */
export function writeFinish({ finish }: Choice): string {
  return finish === 'length' ? 'MAX_TOKENS' : 'STOP'
}

/** The bill after that many tokens; thoughts are beside the candidates' tokens, not among them. */
export function writeTail(
  call: SimulatedCall,
  answer: Answer,
  stamp: Stamp,
  completionTokens: number,
  reasoningTokens: number,
): object {
  return {
    usageMetadata: {
      promptTokenCount: answer.promptTokens,
      candidatesTokenCount: completionTokens - reasoningTokens,
      totalTokenCount: answer.promptTokens + completionTokens,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: answer.promptTokens }],
      ...(reasoningTokens > 0 ? { thoughtsTokenCount: reasoningTokens } : {}),
    },
    modelVersion: call.model,
    responseId: stamp.id,
  }
}

/** Gemini 3 signs every answer, older models what they thought about. https://ai.google.dev/gemini-api/docs/thought-signatures */
export function signatureOf(call: SimulatedCall, choice: Choice): { readonly thoughtSignature?: string } {
  const isSigned = call.model.includes('gemini-3') || choice.reasoning.length > 0
  if (!isSigned) return {}
  return { thoughtSignature: seal('gemini', `${choice.reasoning.join('')} ${choice.calls[0]?.name ?? ''}`) }
}

/** A call whole, as Gemini sends it; only the first of a set is signed. Gemini 3 gives it an id. */
export function writeCall(call: SimulatedCall, choice: Choice, made: AnsweredCall, index: number): Part {
  const id = call.model.includes('gemini-3') ? { id: made.id } : {}
  const functionCall = { ...id, name: made.name, args: argumentsOf(made) }
  return { functionCall, ...(index === 0 ? signatureOf(call, choice) : {}) }
}

function writeParts(call: SimulatedCall, choice: Choice): Part[] {
  const thought = choice.reasoning.join('')
  const text = [...choice.text].join('')
  return [
    ...(thought === '' ? [] : [{ text: thought, thought: true }]),
    ...(text === '' ? [] : [{ text, ...signatureOf(call, choice) }]),
    ...choice.calls.map((made, index) => writeCall(call, choice, made, index)),
  ]
}
