import { defineRouter } from '../../src/core/router.ts'

/** Predicted quality by the target's id, and the prompt's shares: a test writes what the router says next. */
export type Said = { quality: Record<string, number>; shares?: Float32Array }

/** A router that says what it is told to, whatever the prompt. */
export function changingRouter(said: Said) {
  return defineRouter({
    id: 'uniform',
    settings: { parse: () => ({}) },
    runtimes: ['node'],
    open: async () => ({
      name: 'changing@1',
      device: 'none',
      predict: ({ candidates }) => ({
        predictions: candidates.map(({ id }) => ({
          quality: said.quality[id] ?? 0.5,
          uncertainty: 0,
          outputTokens: 100,
        })),
        truncated: false,
        ...(said.shares === undefined ? {} : { shares: said.shares }),
      }),
      close: async () => {},
    }),
  })
}
