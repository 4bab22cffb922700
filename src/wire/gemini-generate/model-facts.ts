/** What the name of a Google model says of what it takes. */
export type ModelFacts = {
  /** 2.5 for `gemini-2.5-flash`; undefined where the name has no number. */
  readonly generation: number | undefined
  readonly isGemma: boolean
  readonly isPro: boolean
  readonly isLite: boolean
}

/**
 * Of `gemini-3.1-pro-preview`, `models/gemma-3-27b-it`, `gemini-flash-latest`. The `-latest` names stand for the newest
 * generation, which is the third or a later one since 2026.
 */
export function modelFacts(model: string): ModelFacts {
  const segments = model.toLowerCase().split('/')
  const name = segments.find((segment) => /^gem(?:ini|ma)/.test(segment)) ?? segments.at(-1) ?? ''
  const number = /^gemini-(\d+(?:\.\d+)?)/.exec(name)?.[1]
  const isLatest = /^gemini-[a-z-]*latest$/.test(name)
  return {
    generation: number === undefined ? (isLatest ? 3 : undefined) : Number(number),
    isGemma: name.startsWith('gemma'),
    isPro: /-pro(?:-|$)/.test(name),
    isLite: /-lite(?:-|$)/.test(name),
  }
}

/** What of JSON Schema a model's tools take. Before Gemini 2 there was no `parametersJsonSchema`. */
export function schemasOf(model: string): 'gemini-json' | 'gemini-parameters' {
  const { generation } = modelFacts(model)
  return generation !== undefined && generation < 2 ? 'gemini-parameters' : 'gemini-json'
}

/**
 * True for models that take only calls they signed, results with media in them, and JSON answers beside tools. A name
 * without a number (a tuned model, Gemma) is none of them: earlier models take calls without a signature, and refuse
 * one that they did not make.
 */
export function isGemini3(model: string): boolean {
  const { generation } = modelFacts(model)
  return generation !== undefined && generation >= 3
}
