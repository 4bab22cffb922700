import { expect, test } from 'vitest'
import { keepState } from './keep-state.ts'
import type { Learning } from './learning.ts'

test('what could not be written is written at the end, though nothing more was learned', async () => {
  const written: string[] = []
  let isFull = true
  let fire = (): void => {}
  let changed = (): void => {}
  const tasks: Promise<void>[] = []
  const learning: Pick<Learning, 'state' | 'restore' | 'onChange'> = {
    state: () => 'learned',
    restore() {},
    onChange(listener) {
      changed = listener
    },
  }
  const kept = keepState(
    learning as Learning,
    {
      read: () => undefined,
      async write(text) {
        if (isFull) throw new Error('no space left')
        written.push(text)
      },
      setAside() {},
    },
    {
      clock: {
        now: () => 0,
        monotonic: () => 0,
        timer(_, after) {
          fire = after
          return { cancel() {}, refresh() {} }
        },
      },
      background: { run: (task: () => Promise<void>) => void tasks.push(task()), drain: async () => {} },
      log: () => {},
    },
  )
  changed()
  fire()
  await Promise.all(tasks)
  expect(written).toEqual([])
  isFull = false
  await kept.flush()
  await kept.flush()
  expect(written).toEqual(['learned'])
})
