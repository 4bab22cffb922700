import type { LearningSettings } from '../core/snapshot.ts'

/** Users teach from the first; signals teach and models are explored when the operator says so. */
export const DEFAULT_LEARNING: LearningSettings = {
  isEnabled: true,
  learnsFromSignals: false,
  priorCount: 50,
  forgettingPerDay: 0.99,
  explore: 0,
}
