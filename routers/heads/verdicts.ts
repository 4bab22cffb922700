import type { Store } from '#core/ports.ts'

export type VerdictOptions<Verdict> = {
  readonly store: Store<Verdict>
  readonly keyOf: (text: string) => string
  /** A verdict rather than a promise of one is kept and given at once. */
  readonly infer: (text: string, signal: AbortSignal) => Verdict | Promise<Verdict>
}

/** What is known of a text: at once when it was read before, after one inference otherwise. */
export type Verdicts<Verdict> = (text: string, signal: AbortSignal) => Verdict | Promise<Verdict>

type Shared<Verdict> = { readonly verdict: Promise<Verdict>; readonly controller: AbortController; waiting: number }

/**
 * Reads no text twice while it is kept, and a text that many ask for at once only once. Each caller leaves at its own
 * signal; the inference is given up when the last one has left.
 */
export function createVerdicts<Verdict>({ store, keyOf, infer }: VerdictOptions<Verdict>): Verdicts<Verdict> {
  const underWay = new Map<string, Shared<Verdict>>()

  function share(key: string, verdict: Promise<Verdict>, controller: AbortController): Shared<Verdict> {
    const shared: Shared<Verdict> = { verdict, controller, waiting: 0 }
    underWay.set(key, shared)
    const forget = () => {
      if (underWay.get(key) === shared) underWay.delete(key)
    }
    // Whoever waits sees the failure; here it only ends the sharing.
    verdict.then((value) => {
      store.set(key, value)
      forget()
    }, forget)
    return shared
  }

  function wait(key: string, shared: Shared<Verdict>, signal: AbortSignal): Promise<Verdict> {
    shared.waiting += 1
    return untilAborted(shared.verdict, signal).finally(() => {
      shared.waiting -= 1
      if (shared.waiting > 0 || !signal.aborted) return
      if (underWay.get(key) === shared) underWay.delete(key)
      shared.controller.abort(signal.reason)
    })
  }

  return (text, signal) => {
    const key = keyOf(text)
    const kept = store.get(key)
    if (kept !== undefined) return kept
    const joined = underWay.get(key)
    if (joined !== undefined) return wait(key, joined, signal)
    const controller = new AbortController()
    const verdict = infer(text, controller.signal)
    if (verdict instanceof Promise) return wait(key, share(key, verdict, controller), signal)
    store.set(key, verdict)
    return verdict
  }
}

function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
