import type { Deadlines } from './deadline.ts'

/** What is waited for, unless the gateway ends its calls before that: then it rejects with what they end with. */
export function untilStopped<Value>(deadlines: Deadlines, waited: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const ending = deadlines.start(Number.POSITIVE_INFINITY, { expire: () => undefined, interrupt: reject })
    waited.then(
      (value) => {
        ending.clear()
        resolve(value)
      },
      (thrown: unknown) => {
        ending.clear()
        reject(thrown)
      },
    )
  })
}
