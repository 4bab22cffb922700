/** A fault of the gateway's own, for its log. */
export function describeThrown(thrown: unknown): Record<string, unknown> {
  return thrown instanceof Error ? { message: thrown.message, stack: thrown.stack } : { thrown: String(thrown) }
}
