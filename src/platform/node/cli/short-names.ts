/** Model names as a table shows them, and the note that belongs under it. */
export type ShortNames = { readonly of: (model: string) => string; readonly note: string | undefined }

/** Leaves out the provider that all the names share, so that a row fits a line. */
export function shortNames(models: readonly string[]): ShortNames {
  const [first = ''] = models
  const prefix = first.slice(0, first.indexOf('/') + 1)
  const isShared = models.length > 1 && prefix !== '' && models.every((model) => model.startsWith(prefix))
  if (!isShared) return { of: (model) => model, note: undefined }
  return {
    of: (model) => (model.startsWith(prefix) ? model.slice(prefix.length) : model),
    note: `names without ${prefix}`,
  }
}
