/** What became of a model's call of a tool: good as it came, mended here, good when the model was asked again, or no good. */
export type ToolOutcome = 'valid' | 'repaired' | 'refined' | 'broken'

/** `cut`: the answer ended within the call, which says nothing of how the model calls. */
export type CallOutcome = ToolOutcome | 'cut'
