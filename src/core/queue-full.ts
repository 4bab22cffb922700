const NAME = 'QueueFullError'

/** The refusal of a run because too many wait already: the caller falls back, and nobody need look into it. */
export function queueFull(waiting: number): Error {
  const error = new Error(`The inference queue is full (${waiting} runs wait).`)
  error.name = NAME
  return error
}

/** True for what `queueFull` made. */
export function isQueueFull(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === NAME
}
