import { defineRouter } from '#core/router.ts'
import { uniformSettings } from './settings.ts'

/** Knows nothing: every model is as good as every other. What a policy does with it is price and speed alone. */
export default defineRouter({
  id: 'uniform',
  settings: uniformSettings,
  runtimes: ['node', 'workers'],
  async open() {
    return {
      name: 'uniform@1',
      device: 'none',
      predict({ candidates, signal }) {
        signal.throwIfAborted()
        const predictions = candidates.map(() => ({ quality: 0.5, uncertainty: 0.29, outputTokens: undefined }))
        return { predictions, truncated: false }
      },
      async close() {},
    }
  },
})
