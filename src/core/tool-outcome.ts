/**
 * What became of a model's call of a tool: good as it came, mended here, good when the model was asked again, or no good.
 */
export type ToolOutcome = 'valid' | 'repaired' | 'refined' | 'broken'

/** One call of a tool in an answer. */
export type SeenToolCall = {
  /** `native`: as the provider's format has calls; else the dialect of the model's text (src/dialects). */
  readonly dialect: string
  readonly outcome: ToolOutcome
}
