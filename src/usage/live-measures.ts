/** What recent answers of a target took; `undefined` until there is one. */
export type LiveMeasure = { readonly ttftMs: number | undefined; readonly tokensPerSecond: number | undefined }

export type LiveMeasures = {
  read(targetId: string): LiveMeasure | undefined
  record(targetId: string, seen: LiveMeasure): void
}

// One in five: a change of pace shows after about five answers, one slow answer does not.
const WEIGHT = 0.2

/** Exponentially weighted means a target, in memory. Bounded by the number of targets. */
export function createLiveMeasures(): LiveMeasures {
  const measures = new Map<string, LiveMeasure>()
  return {
    read: (targetId) => measures.get(targetId),
    record(targetId, seen) {
      const before = measures.get(targetId)
      measures.set(targetId, {
        ttftMs: blend(before?.ttftMs, seen.ttftMs),
        tokensPerSecond: blend(before?.tokensPerSecond, seen.tokensPerSecond),
      })
    },
  }
}

function blend(before: number | undefined, seen: number | undefined): number | undefined {
  if (seen === undefined) return before
  return before === undefined ? seen : before + WEIGHT * (seen - before)
}
