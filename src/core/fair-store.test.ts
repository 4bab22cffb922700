import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFairStore } from './fair-store.ts'

const named = (key: string) => ({ key })

test('a flood of one caller pushes out its own entries, oldest first, and nobody else’s', () => {
  const store = createFairStore(10)
  for (const id of ['a1', 'a2', 'a3']) store.set(id, named('a'))
  for (let call = 0; call < 100; call += 1) store.set(`b${call}`, named('b'))
  expect(['a1', 'a2', 'a3'].map((id) => store.get(id)?.key)).toEqual(['a', 'a', 'a'])
  expect(store.get('b92')).toBeUndefined()
  expect(store.get('b93')).toEqual(named('b'))
  // Used just now, it outlives a younger one.
  store.set('b100', named('b'))
  expect([store.get('b93')?.key, store.get('b94')]).toEqual(['b', undefined])
})

test('entries are as many as may be, and those of a caller who has no more than others stay', () => {
  const step = fc.record({
    id: fc.integer({ min: 0, max: 30 }),
    key: fc.integer({ min: 0, max: 4 }),
    isRead: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (steps, max) => {
      const store = createFairStore(max)
      const model = new Map<string, string>()
      const sizeOf = (key: string): number => [...model.values()].filter((owner) => owner === key).length
      for (const { id, key, isRead } of steps) {
        const name = `i${id}`
        if (isRead) {
          expect(store.get(name)?.key).toBe(model.get(name))
          continue
        }
        store.set(name, named(`k${key}`))
        model.set(name, `k${key}`)
        const gone = [...model.keys()].filter((one) => store.get(one) === undefined)
        expect(gone.length).toBe(model.size > max ? 1 : 0)
        for (const one of gone) {
          const largest = Math.max(...[...model.values()].map(sizeOf))
          expect(sizeOf(model.get(one) ?? '')).toBe(largest)
          model.delete(one)
        }
      }
    }),
  )
})
