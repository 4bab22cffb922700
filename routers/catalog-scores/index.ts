import { exp } from '#core/portable-maths.ts'
import { defineRouter } from '#core/router.ts'
import { createAbilities } from './ability.ts'
import { catalogScoresSettings } from './settings.ts'

/** Ranks models by what published scores and facts say of them; never reads the prompt. */
export default defineRouter({
  id: 'catalog-scores',
  settings: catalogScoresSettings,
  runtimes: ['node', 'workers'],
  async open() {
    const abilityOf = createAbilities()
    return {
      name: 'catalog-scores@1',
      device: 'none',
      predict({ candidates, signal }) {
        signal.throwIfAborted()
        const predictions = candidates.map((target) => {
          const { theta, sd } = abilityOf(target)
          const quality = 1 / (1 + exp(-theta))
          return { quality, uncertainty: Math.min(sd * quality * (1 - quality) + 0.1, 0.5), outputTokens: undefined }
        })
        return { predictions, truncated: false }
      },
      async close() {},
    }
  },
})
