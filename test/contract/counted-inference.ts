import type { Inference } from '../../src/core/ports.ts'

/** The same inference, and how many runs it was asked for. */
export function countedInference(inference: Inference): { readonly inference: Inference; readonly runs: () => number } {
  let runs = 0
  const counted: Inference = {
    ...inference,
    async open(model, options) {
      const session = await inference.open(model, options)
      return {
        ...session,
        run(...given) {
          runs += 1
          return session.run(...given)
        },
      }
    },
  }
  return { inference: counted, runs: () => runs }
}
