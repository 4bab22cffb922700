import type { LearningSettings } from '../core/snapshot.ts'

/** Outcomes teach from the first; nothing is explored unless the operator says so. */
export const DEFAULT_LEARNING: LearningSettings = {
  isEnabled: true,
  priorCount: 50,
  forgettingPerDay: 0.99,
  explore: 0,
}
