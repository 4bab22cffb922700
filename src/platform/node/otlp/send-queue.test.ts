import { expect, test } from 'vitest'
import type { Sent } from './send-queue.ts'
import { createSendQueue } from './send-queue.ts'

function start(most: { readonly mostItems?: number; readonly mostBytes?: number } = {}) {
  const sent: (readonly number[])[] = []
  const timers: { readonly ms: number; fire(): void }[] = []
  const answers: Sent[] = []
  const hanging: (() => void)[] = []
  const state = { hangs: false }
  const queue = createSendQueue<number>({
    mostItems: 2_000,
    mostBytes: 10_000_000,
    ...most,
    clock: {
      monotonic: () => 0,
      now: () => 0,
      timer(ms, fire) {
        timers.push({ ms, fire })
        return { cancel: () => undefined, refresh: () => undefined }
      },
    },
    async send(items) {
      sent.push(items)
      if (state.hangs) await new Promise<void>((resolve) => hanging.push(resolve))
      return answers.shift() ?? 'sent'
    },
  })
  const tick = async (): Promise<number[]> => {
    const due = timers.splice(0)
    for (const { fire } of due) fire()
    await new Promise((resolve) => setImmediate(resolve))
    return due.map(({ ms }) => ms)
  }
  return { queue, sent, answers, hanging, state, tick, timers }
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)

test('what waits is sent together, late, in batches', async () => {
  const { queue, sent, tick } = start()
  for (const item of range(0, 1_000)) queue.add(item, 1)
  expect(sent).toEqual([])
  await tick()
  expect(sent.map(({ length }) => length)).toEqual([512, 488])
  expect(sent.flat()).toEqual(range(0, 1_000))
  expect([queue.waiting(), queue.dropped()]).toEqual([0, 0])
})

test('a batch ends where it is large enough', async () => {
  const { queue, sent, tick } = start()
  for (const item of range(0, 5)) queue.add(item, 600_000)
  await tick()
  expect(sent.map(({ length }) => length)).toEqual([2, 2, 1])
})

test('whoever is away gets the same batch again, later and later, and then the rest in order', async () => {
  const { queue, sent, answers, tick } = start()
  answers.push('later', 'later', 'later')
  queue.add(1, 1)
  const waits = [await tick()]
  queue.add(2, 1)
  waits.push(await tick(), await tick(), await tick())
  expect(waits.flat()).toEqual([1_000, 1_000, 2_000, 4_000])
  expect(sent).toEqual([[1], [1, 2], [1, 2], [1, 2]])
  expect([queue.waiting(), queue.dropped()]).toEqual([0, 0])
})

test('too many or too much waiting is dropped and counted, what is being sent included', async () => {
  const many = start({ mostItems: 10 })
  many.state.hangs = true
  for (const item of range(0, 10)) many.queue.add(item, 1)
  await many.tick()
  for (const item of range(10, 13)) many.queue.add(item, 1)
  expect([many.queue.waiting(), many.queue.dropped()]).toEqual([10, 3])
  const large = start({ mostBytes: 100 })
  for (const item of range(0, 3)) large.queue.add(item, 40)
  expect([large.queue.waiting(), large.queue.dropped()]).toEqual([2, 1])
  await large.tick()
  large.queue.add(3, 40)
  expect([large.queue.waiting(), large.queue.dropped()]).toEqual([1, 1])
})

test('a batch that is refused is lost and counted, and the next goes', async () => {
  const { queue, sent, answers, tick } = start()
  answers.push('refused')
  for (const item of range(0, 600)) queue.add(item, 1)
  await tick()
  expect(sent.map(({ length }) => length)).toEqual([512, 88])
  expect(queue.dropped()).toBe(512)
})

test('closing tries once more, and counts what is left', async () => {
  const { queue, sent, answers } = start()
  queue.add(1, 1)
  await queue.close()
  expect(sent).toEqual([[1]])
  const away = start()
  away.answers.push('later')
  away.queue.add(1, 1)
  await away.queue.close()
  away.queue.add(2, 1)
  expect(away.queue.dropped()).toBe(2)
  expect(away.timers.length).toBe(1)
  expect(answers).toEqual([])
})
