import { expect, test } from 'vitest'
import type { Ports } from './core/ports.ts'
import type { Onboarded, Router, RouterDefinition } from './core/router.ts'
import type { Snapshot } from './core/snapshot.ts'
import type { Target } from './core/target.ts'
import { snapshot } from './directives/test-snapshot.ts'
import { keepRouter } from './keep-router.ts'

const target: Target = {
  id: 'up/m',
  provider: 'up',
  model: 'm',
  format: 'openai-chat',
  baseUrl: 'http://localhost',
  catalogId: undefined,
  facts: {},
}
const lesson = (score: number): Onboarded => ({ target, graded: [], evidence: { kind: `probes ${score}` } })

/** A router that writes down what is done with it. */
function createRouters(can: { readonly learn: boolean; readonly fails?: boolean } = { learn: true }) {
  const done: string[] = []
  const logged: string[] = []
  const named = (name: string): Router => ({
    name,
    device: 'none',
    predict: () => ({ predictions: [], truncated: false }),
    close: async () => void done.push(`close ${name}`),
    ...(can.learn
      ? {
          async onboard(models, how) {
            done.push(`${how} ${models[0]?.evidence?.kind}`)
            if (can.fails === true) throw new Error('full')
            return named(`${name}, taught`)
          },
        }
      : {}),
  })
  const definition = (id: string): RouterDefinition => ({
    id,
    settings: { parse: (value) => value },
    runtimes: ['node'],
    async open() {
      done.push(`open ${id}`)
      return named(id)
    },
  })
  const routers = new Map(['one', 'two'].map((id) => [id, definition(id)]))
  const ports: Pick<Ports, 'log'> = { log: (_level, event) => void logged.push(event) }
  return { keeper: keepRouter(routers, ports as Ports), done, logged }
}

const asking = (use: string, ...onboarded: readonly Onboarded[]): Snapshot =>
  snapshot({ router: { use, device: 'none', deadlineMs: 30 }, onboarded })

test('the router stays open over snapshots that ask nothing else of it', async () => {
  const { keeper, done } = createRouters()
  const first = await keeper.routerFor(asking('one'))
  expect(await keeper.routerFor(asking('one'))).toBe(first)
  await keeper.closeUnused()
  expect(done).toEqual(['open one'])
})

test('new profiles teach the router anew without opening it again, and none are forgotten', async () => {
  const { keeper, done } = createRouters()
  await keeper.routerFor(asking('one', lesson(1)))
  expect((await keeper.routerFor(asking('one', lesson(1))))?.name).toBe('one, taught')
  await keeper.routerFor(asking('one', lesson(0)))
  expect((await keeper.routerFor(asking('one')))?.name).toBe('one')
  expect(done).toEqual(['open one', 'each probes 1', 'each probes 0'])
})

test('another router learns what the one before had learned, which is closed once it is not used', async () => {
  const { keeper, done } = createRouters()
  await keeper.routerFor(asking('one', lesson(1)))
  expect((await keeper.routerFor(asking('two', lesson(1))))?.name).toBe('two, taught')
  expect(done).toEqual(['open one', 'each probes 1', 'open two', 'each probes 1'])
  await keeper.closeUnused()
  await keeper.closeUnused()
  await keeper.close()
  expect(done.slice(4)).toEqual(['close one', 'close two'])
})

test('a router that cannot learn, or fails to, is used as it is, and the log says so', async () => {
  for (const can of [{ learn: false }, { learn: true, fails: true }]) {
    const { keeper, logged } = createRouters(can)
    expect((await keeper.routerFor(asking('one', lesson(1))))?.name).toBe('one')
    expect(logged).toEqual(['profiles_not_used'])
  }
})
