import type { Predictions } from './router.ts'

/** What outcomes say of one model on prompts of one kind. */
export type Lesson = {
  /** Outcomes behind it, in whole ones. */
  readonly outcomes: number
  /** What to add to the predicted quality. */
  readonly shift: number
  /** What to multiply its standard deviation by, 0..1. */
  readonly narrowing: number
}

/** By target. Empty when nothing was learned. */
export type Lessons = ReadonlyMap<string, Lesson>

/** What was learned that bears on the prompt of which these predictions are. */
export type Learned = (predictions: Predictions) => Lessons
