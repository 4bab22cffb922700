import { describe, expect, test } from 'vitest'
import { createVerdicts } from './verdicts.ts'

function setUp(options: { readonly entries?: number } = {}) {
  const kept = new Map<string, string>()
  const runs: { text: string; signal: AbortSignal; settle: (verdict: string) => void; fail: (cause: Error) => void }[] =
    []
  const read = createVerdicts<string>({
    store: {
      get: (key) => kept.get(key),
      set: (key, value) => {
        if (kept.size < (options.entries ?? 10)) kept.set(key, value)
      },
    },
    keyOf: (text) => `k:${text}`,
    infer: (text, signal) =>
      new Promise((settle, fail) => {
        runs.push({ text, signal, settle, fail })
      }),
  })
  return { read, runs, kept }
}

const patient = () => new AbortController().signal

describe('verdicts', () => {
  test('a text read before is answered at once, without inference', async () => {
    const { read, runs } = setUp()
    const first = read('a', patient())
    runs[0]?.settle('A')
    expect(await first).toBe('A')
    expect(read('a', patient())).toBe('A')
    expect(runs).toHaveLength(1)
  })

  test('other texts are inferred on their own', () => {
    const { read, runs } = setUp()
    void read('a', patient())
    void read('b', patient())
    expect(runs.map(({ text }) => text)).toEqual(['a', 'b'])
  })

  test('the same text asked for at once is inferred once, and all get the answer', async () => {
    const { read, runs } = setUp()
    const asked = [1, 2, 3].map(() => read('a', patient()))
    expect(runs).toHaveLength(1)
    runs[0]?.settle('A')
    expect(await Promise.all(asked)).toEqual(['A', 'A', 'A'])
  })

  test('one that leaves takes nobody along; when the last leaves, the inference is given up', async () => {
    const { read, runs } = setUp()
    const [one, two] = [new AbortController(), new AbortController()]
    const first = Promise.resolve(read('a', one.signal))
    const second = Promise.resolve(read('a', two.signal))
    one.abort(new Error('late'))
    await expect(first).rejects.toThrow('late')
    expect(runs[0]?.signal.aborted).toBe(false)
    two.abort(new Error('late too'))
    await expect(second).rejects.toThrow('late too')
    expect(runs[0]?.signal.aborted).toBe(true)
  })

  test('whoever asks after all have left starts anew', async () => {
    const { read, runs } = setUp()
    const hasty = new AbortController()
    const first = Promise.resolve(read('a', hasty.signal))
    hasty.abort(new Error('late'))
    await expect(first).rejects.toThrow('late')
    const second = read('a', patient())
    expect(runs).toHaveLength(2)
    runs[1]?.settle('A')
    expect(await second).toBe('A')
  })

  test('an answer that nobody waits for any more is kept', async () => {
    const { read, runs } = setUp()
    const hasty = new AbortController()
    const first = Promise.resolve(read('a', hasty.signal))
    hasty.abort(new Error('late'))
    await expect(first).rejects.toThrow('late')
    runs[0]?.settle('A')
    await Promise.resolve()
    expect(read('a', patient())).toBe('A')
  })

  test('a failure is not kept', async () => {
    const { read, runs } = setUp()
    const first = Promise.resolve(read('a', patient()))
    runs[0]?.fail(new Error('broken'))
    await expect(first).rejects.toThrow('broken')
    void read('a', patient())
    expect(runs).toHaveLength(2)
  })
})
