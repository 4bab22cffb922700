import { afterEach, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { Policy } from '../../src/core/policy.ts'
import { builtInPolicies } from '../../src/directives/built-in-policies.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { Said } from './changing-router.ts'
import { changingRouter } from './changing-router.ts'
import type { TestGateway } from './start-gateway.ts'
import { eventually, post, startGateway } from './start-gateway.ts'
import { keyOf } from './two-kinds.ts'

// What exploring may touch, seen at the gateway's door. `up/a` is believed to be the best; the others are near enough to
// be tried, one call in forty each.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined
const said: Said = { quality: {} }

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
})

const EXPLORING = { isEnabled: true, learnsFromSignals: false, priorCount: 50, forgettingPerDay: 0.99, explore: 0.05 }
type Options = Partial<Parameters<typeof startGateway>[0]>

async function start(options: Options = {}): Promise<string> {
  said.quality = { 'up/a': 0.8, 'up/b': 0.79, 'up/c': 0.78 }
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...COMPLETION, model }))
  })
  // The length of answers would make the untried ones look dear: those of the simulated best are short.
  const facts = { price_in: 1, price_out: 0 }
  gateway = await startGateway({
    models: ['a', 'b', 'c'],
    upstream: upstream.url,
    uniform: changingRouter(said),
    learning: EXPLORING,
    facts,
    ...options,
  })
  return gateway.url
}

type Turn = { readonly role: string; readonly content: string; readonly [member: string]: unknown }
const user = (content: string): Turn => ({ role: 'user', content })
const CALL = { id: 'call_1', type: 'function', function: { name: 'run', arguments: '{}' } }
const called: Turn = { role: 'assistant', content: '', tool_calls: [CALL] }
const result: Turn = { role: 'tool', content: 'done', tool_call_id: 'call_1' }
const TOOLS = [{ type: 'function', function: { name: 'run', parameters: { type: 'object' } } }]
const ROUTING = { quality: { band: 3 }, weights: { cost: 0 } }

type Answered = { readonly id: string; readonly model: string; readonly reason: string }

async function ask(messages: readonly Turn[], { key = '', ...more }: Record<string, unknown> = {}): Promise<Answered> {
  const headers = key === '' ? {} : { authorization: `Bearer ${key}` }
  const response = await post(gateway?.url ?? '', { model: 'auto', messages, routing: ROUTING, ...more }, headers)
  expect(response.status, await response.text()).toBe(200)
  const header = (name: string): string => response.headers.get(name) ?? ''
  return { id: header('x-route-id'), model: header('x-route-model'), reason: header('x-route-reason') }
}

async function receipt(id: string): Promise<Decision> {
  return (await (await fetch(`${gateway?.url}/v1/decisions/${id}`)).json()) as Decision
}

/** The first of many conversations whose first turn is explored: its opening and who was tried. */
async function explored(
  more: Record<string, unknown> = {},
): Promise<{ readonly opening: Turn; readonly model: string }> {
  for (let call = 0; call < 1_000; call += 1) {
    const opening = user(`Please port program ${call} to Rust.`)
    const { model, reason } = await ask([opening], more)
    if (reason === 'explored') return { opening, model }
  }
  throw new Error('a thousand calls, and nothing was explored')
}

test('a first turn that was explored does not bind its conversation: the next turn and a follow-up have the best model', async () => {
  await start()
  const { opening, model } = await explored()
  expect(model).not.toBe('up/a')
  const later = [opening, { role: 'assistant', content: 'Here it is.' }]
  const followed = await ask([...later, user('continue')])
  expect(followed).toMatchObject({ model: 'up/a', reason: 'session kept' })
  expect((await receipt(followed.id)).session).toMatchObject({ previous: 'up/a', kept_because: 'follow-up' })

  const other = await explored()
  // Worse than the tried one, by less than the margin of a conversation's own model.
  said.quality = { 'up/a': 0.785, [other.model]: 0.79 }
  const answer = { role: 'assistant', content: 'Here it is.' }
  const next = await ask([other.opening, answer, user('Now explain to me how the borrow checker sees it.')])
  expect(next).toMatchObject({ model: 'up/a', reason: 'session kept' })
})

test('a tool loop that an explored model began ends with it, and the turn after that has the best one again', async () => {
  await start()
  const { opening, model } = await explored({ tools: TOOLS })
  for (let round = 0; round < 2; round += 1) {
    const looped = await ask([opening, ...Array.from({ length: round + 1 }, () => [called, result]).flat()], {
      tools: TOOLS,
    })
    expect(looped).toMatchObject({ model, reason: 'tool loop kept' })
  }
  const turns = [opening, called, result, called, result, { role: 'assistant', content: 'Done.' }]
  const next = await ask([...turns, user('continue')], { tools: TOOLS })
  expect(next).toMatchObject({ model: 'up/a', reason: 'session kept' })
})

test.each<readonly [string, (call: number) => readonly [readonly Turn[], Record<string, unknown>]]>([
  ['in a tool loop', (call) => [[user(`Task ${call}`), called, result], { tools: TOOLS }]],
  [
    'in a later turn, also of a conversation whose model was forgotten',
    (call) => [[user(`Task ${call}`), { role: 'assistant', content: 'Yes?' }, user('Write it, please.')], {}],
  ],
  ['for a model that is named', (call) => [[user(`Task ${call}`)], { model: 'up/a' }]],
  ['for a list of models', (call) => [[user(`Task ${call}`)], { models: ['up/a', 'up/b'] }]],
  [
    'where patterns of models are asked for',
    (call) => [[user(`Task ${call}`)], { routing: { ...ROUTING, models: ['up/*'] } }],
  ],
  [
    'where the caller would rather have a provider',
    (call) => [[user(`Task ${call}`)], { provider: { order: ['up'] } }],
  ],
  ['for a sensitive key', (call) => [[user(`Task ${call}`)], { key: 'careful' }]],
])('nothing is explored %s', async (_, call) => {
  await start({ keys: [keyOf('plain'), keyOf('careful', { isSensitive: true })] })
  const models = new Set<string>()
  for (let index = 0; index < 300; index += 1) {
    const [messages, more] = call(index)
    const { id, model, reason } = await ask(messages, { key: 'plain', ...more })
    expect(reason).not.toContain('explored')
    expect(id).not.toBe('')
    models.add(model)
  }
  expect(models).toEqual(new Set(['up/a']))
})

test('a copy in the shadow goes to its own model, whatever the dice say', async () => {
  const trial = { ...(builtInPolicies.get('balanced') as Policy), name: 'trial', match: { model: ['auto*'] } }
  await start({ policies: [{ ...trial, shadow: { model: 'up/c', share: 1 } }] })
  for (let call = 0; call < 60; call += 1) {
    await ask([user(`Task ${call}`)], { routing: undefined })
    const copies = () =>
      gateway?.log.filter(({ event, endpoint }) => event === 'request' && endpoint === 'shadow') ?? []
    await eventually('the copy', () => copies().length === call + 1)
  }
  const copies = gateway?.log.filter(({ endpoint }) => endpoint === 'shadow') ?? []
  expect(new Set(copies.map(({ target }) => target))).toEqual(new Set(['up/c']))
})

test('in 5,000 draws every model is chosen as often as its propensity says: explored, and in a pool with weights and a canary', async () => {
  const weights = new Map([
    ['up/a', 3],
    ['up/b', 1],
  ])
  await start({ pools: { shared: { weights, canary: { model: 'up/c', share: 0.1, inPlaceOf: 'up/*' } } } })
  for (const model of ['auto', 'auto/shared']) {
    const draws = 2_500
    const counts = new Map<string, number>()
    const chances = new Map<string, number>()
    for (let call = 0; call < draws; call += 1) {
      const { id, model: answered } = await ask([user(`Task ${call} of ${model}`)], { model })
      counts.set(answered, (counts.get(answered) ?? 0) + 1)
      if (!chances.has(answered)) chances.set(answered, (await receipt(id)).propensity ?? 1)
    }
    expect([...chances.values()].reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1, 9)
    for (const [target, chance] of chances) {
      const deviation = Math.sqrt(draws * chance * (1 - chance))
      expect(Math.abs((counts.get(target) ?? 0) - draws * chance), `${model} ${target}`).toBeLessThan(5 * deviation)
    }
  }
}, 120_000)
