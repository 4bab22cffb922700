import { expect, test } from 'vitest'
import type { Clock, Inference, Log } from './core/ports.ts'
import type { Router, RouterDefinition } from './core/router.ts'
import { openRouter } from './open-router.ts'

const inference: Inference = { open: () => Promise.reject(new Error('unused')), close: async () => {} }

/** A clock that passes only as routers take their time. */
function createTime(): Clock & { pass(milliseconds: number): void } {
  let now = 0
  return {
    pass(milliseconds) {
      now += milliseconds
    },
    monotonic: () => now,
    now: () => now,
    timer: () => ({ cancel() {}, refresh() {} }),
  }
}

function setting({ transformerMs = 1, broken = '' }: { transformerMs?: number; broken?: string } = {}) {
  const clock = createTime()
  const lines: Parameters<Log>[] = []
  const closed: string[] = []
  const define = (id: string, milliseconds: number): [string, RouterDefinition] => [
    id,
    {
      id,
      settings: { parse: (value) => value },
      runtimes: ['node'],
      async open(): Promise<Router> {
        if (broken.includes(id)) throw new Error(`${id} is broken`)
        return {
          name: `${id}@1`,
          device: 'none',
          predict() {
            clock.pass(milliseconds)
            return { predictions: [], truncated: false }
          },
          async close() {
            closed.push(id)
          },
        }
      },
    },
  ]
  const routers = new Map([define('clusters', transformerMs), define('static', 0), define('uniform', 0)])
  const ports = {
    inference,
    createStore: () => ({ get: () => undefined, set: () => undefined }),
    digest: (text: string) => text,
    clock,
    log: (...line: Parameters<Log>) => void lines.push(line),
  }
  const open = (use: string, given: Partial<Omit<typeof ports, 'inference'>> & { inference?: undefined } = {}) =>
    openRouter({ use, device: 'auto', deadlineMs: 30 }, routers, { ...ports, ...given })
  return { open, lines, closed }
}

test('auto is the transformer with the table behind it, and closing it closes both', async () => {
  const { open, lines, closed } = setting()
  const { router, problem } = await open('auto')
  expect([router?.name, router?.fallback?.name, problem]).toEqual(['clusters@1', 'static@1', undefined])
  expect(lines).toEqual([])
  await router?.close()
  expect(closed).toEqual(['clusters', 'static'])
})

test('auto is the table alone, without a word, where the runtime has no inference', async () => {
  const { open, lines } = setting({ broken: 'clusters' })
  const { router, problem } = await open('auto', { inference: undefined })
  expect([router?.name, router?.fallback, problem]).toEqual(['static@1', undefined, undefined])
  expect(lines).toEqual([])
})

test('a transformer that does not open leaves the table, one log line and its problem', async () => {
  const { open, lines } = setting({ broken: 'clusters' })
  const { router, problem } = await open('auto')
  expect([router?.name, problem]).toEqual(['static@1', 'clusters is broken'])
  expect(lines).toEqual([
    ['error', 'router_unavailable', { router: 'clusters', problem: 'clusters is broken', instead: 'static@1' }],
  ])
})

test('a table that does not open leaves the transformer', async () => {
  const { router, problem } = await setting({ broken: 'static' }).open('auto')
  expect([router?.name, router?.fallback, problem]).toEqual(['clusters@1', undefined, 'static is broken'])
})

test('a transformer that is late even on short prompts is not asked at every call', async () => {
  const { open, lines, closed } = setting({ transformerMs: 31 })
  expect((await open('auto')).router?.name).toBe('static@1')
  expect(lines).toMatchObject([['warn', 'router_too_slow', { took_ms: 31, deadline_ms: 30 }]])
  expect(closed).toEqual(['clusters'])
})

test('a router that is named is that one alone', async () => {
  const { open } = setting({ transformerMs: 31 })
  for (const use of ['clusters', 'static', 'uniform']) {
    const { router } = await open(use)
    expect([router?.name, router?.fallback]).toEqual([`${use}@1`, undefined])
  }
})

test('without any router the problem is told', async () => {
  expect(await setting({ broken: 'clusters static' }).open('auto')).toEqual({
    router: undefined,
    problem: 'clusters is broken',
  })
})
