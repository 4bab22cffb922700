import { createHash } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import type { Decision } from '../../src/core/decision.ts'
import type { CaptureUpstream } from './capture-upstream.ts'
import { COMPLETION, startCaptureUpstream } from './capture-upstream.ts'
import type { Said } from './changing-router.ts'
import { changingRouter } from './changing-router.ts'
import type { TestGateway } from './start-gateway.ts'
import { post, startGateway } from './start-gateway.ts'

// Two models of which the router prefers now the one, now the other: what a conversation does is the sessions' doing.

let upstream: CaptureUpstream | undefined
let gateway: TestGateway | undefined
let failing = new Set<string>()
const said: Said = { quality: {} }

afterEach(async () => {
  await gateway?.close()
  await upstream?.close()
  gateway = undefined
  failing = new Set()
})

type Options = Partial<Parameters<typeof startGateway>[0]>

async function start(options: Options = {}): Promise<TestGateway> {
  prefer('a')
  upstream = await startCaptureUpstream((response, { body }) => {
    const { model } = JSON.parse(body.toString())
    if (failing.has(model)) response.writeHead(500, { 'content-type': 'application/json' }).end('{}')
    else response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...COMPLETION, model }))
  })
  gateway = await startGateway({
    models: ['a', 'b'],
    upstream: upstream.url,
    uniform: changingRouter(said),
    ...options,
  })
  return gateway
}

/** `by`: points of quality. */
function prefer(model: string, by = 30): void {
  said.quality = { 'up/a': 0.5, 'up/b': 0.5, [`up/${model}`]: 0.5 + by / 100 }
}

type Turn = { readonly role: string; readonly content: string; readonly [member: string]: unknown }
const user = (content: string): Turn => ({ role: 'user', content })
const answer = (content: string): Turn => ({ role: 'assistant', content })
const CALL = { id: 'call_1', type: 'function', function: { name: 'run', arguments: '{}' } }
const called: Turn = { role: 'assistant', content: '', tool_calls: [CALL] }
const result: Turn = { role: 'tool', content: 'done', tool_call_id: 'call_1' }
const TOOLS = [{ type: 'function', function: { name: 'run', parameters: { type: 'object' } } }]

const OPENING = user('Please port this program to Rust.')
const LATER = [OPENING, answer('Here it is.')]

type Answered = { readonly model: string | null; readonly reason: string | null; readonly decision: Decision }

async function ask(
  messages: readonly Turn[],
  more: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answered> {
  const url = gateway?.url ?? ''
  const response = await post(url, { model: 'auto', messages, ...more }, headers)
  expect(response.status).toBe(200)
  const receipt = await fetch(`${url}/v1/decisions/${response.headers.get('x-route-id')}`, { headers })
  return {
    model: response.headers.get('x-route-model'),
    reason: response.headers.get('x-route-reason'),
    decision: (await receipt.json()) as Decision,
  }
}

test('a tool loop goes on with the model that began it, whatever the router says now', async () => {
  const { url } = await start()
  expect((await ask([OPENING], { tools: TOOLS })).model).toBe('up/a')
  prefer('b')
  const looped = await ask([OPENING, called, result], { tools: TOOLS })
  expect(looped).toMatchObject({ model: 'up/a', reason: 'tool loop kept' })
  expect(looped.decision.session).toMatchObject({ kept_because: 'tool loop', previous: 'up/a', calls: 1 })
  expect(
    (await ask([OPENING, called, result, answer('Done.'), user('Now write a poem about it in French.')])).model,
  ).toBe('up/b')
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('reason="tool loop kept"} 1')
})

test('a reminder that a program puts behind the results does not end the loop', async () => {
  await start()
  await ask([OPENING], { tools: TOOLS })
  prefer('b')
  const reminder = user('<system-reminder>The file has changed.</system-reminder>')
  const looped = await ask([OPENING, called, result, reminder], { tools: TOOLS })
  expect(looped).toMatchObject({ model: 'up/a', reason: 'tool loop kept' })
})

test('hard limits win over the lock, and the decision says so', async () => {
  await start()
  await ask([OPENING], { tools: TOOLS })
  const routing = { models: ['!up/a'] }
  const { model, reason, decision } = await ask([OPENING, called, result], { tools: TOOLS, routing })
  expect(model).toBe('up/b')
  expect(reason).toMatch(/^only model .*, tool loop left$/)
  expect(decision.session).toMatchObject({ redecided_because: 'hard limits', previous: 'up/a' })
})

test('a user turn is decided anew, and a model that is hardly better is not worth the switch', async () => {
  await start({ defaultPolicy: 'best' })
  await ask([OPENING])
  prefer('b', 0.8)
  const kept = await ask([...LATER, user('Explain the borrow checker in general.')])
  expect(kept).toMatchObject({ model: 'up/a', reason: 'session kept' })
  expect(kept.decision.session).toMatchObject({ kept_because: 'price of switching', margin_points: 1 })
  prefer('b', 1.2)
  const moved = await ask([...LATER, user('Explain the borrow checker in general.')])
  expect(moved.model).toBe('up/b')
  expect(moved.decision.session).toMatchObject({ redecided_because: 'user turn' })
})

test('what the previous provider has in its cache is taken off its price', async () => {
  upstream = await startCaptureUpstream((response) => response.end(JSON.stringify(COMPLETION)))
  const { url } = upstream
  const dear = { upstream: url, models: ['m'], facts: { price_in: 5, price_cached_in: 0.5 } }
  const cheap = { upstream: url, models: ['m'], facts: { price_in: 2 } }
  gateway = await startGateway({ models: [], upstream: url, uniform: changingRouter(said), more: { dear, cheap } })
  said.quality = { 'dear/m': 0.8, 'cheap/m': 0.5 }
  const long = user(`Review this file:\n${'const answer = 42\n'.repeat(2_000)}`)
  expect((await ask([long])).model).toBe('dear/m')
  said.quality = { 'dear/m': 0.5, 'cheap/m': 0.5 }
  const next = [long, answer('Fine.'), user('And what does the second half of the file do?')]
  const { model, reason, decision } = await ask(next)
  expect({ model, reason }).toEqual({ model: 'dear/m', reason: 'session kept' })
  const tokens = Number(decision.signals?.['prompt_tokens'])
  expect(decision.session?.switch_cost_usd).toBeLessThan((tokens * 4.5) / 1e6)
  expect(decision.session?.switch_cost_usd).toBeGreaterThan((0.98 * tokens * 4.5) / 1e6)
  expect(decision.candidates[0]?.cost_usd).toBeLessThan((tokens * 0.6 + 200) / 1e6)
  // The same turn of a conversation that nobody knows.
  expect((await ask(next, { routing: { session: 'off' } })).model).toBe('cheap/m')
})

test.each(['continue', 'Fix it!', 'yes', 'weiter', '続けて', 'now commit that please'])(
  'T-50 "%s" says nothing by itself: the model that answered goes on',
  async (text) => {
    await start()
    await ask([OPENING])
    prefer('b')
    const { model, reason, decision } = await ask([...LATER, user(text)])
    expect({ model, reason }).toEqual({ model: 'up/a', reason: 'session kept' })
    expect(decision.session).toMatchObject({ kept_because: 'follow-up' })
  },
)

test('other directives than last turn are a new decision, also for a follow-up', async () => {
  await start()
  await ask([OPENING])
  prefer('b', 1.2)
  const { model, decision } = await ask([...LATER, user('continue')], { model: 'auto:best' })
  expect(model).toBe('up/b')
  expect(decision.session).toMatchObject({ redecided_because: 'changed directives', margin_points: 0 })
})

test('a turn of another kind leaves the margin out', async () => {
  await start({ defaultPolicy: 'best' })
  said.shares = Float32Array.from([0.9, 0.1, 0])
  await ask([OPENING])
  prefer('b', 0.8)
  said.shares = Float32Array.from([0.1, 0.1, 0.8])
  const { model, decision } = await ask([...LATER, user('Write a sonnet about the sea.')])
  delete said.shares
  expect(model).toBe('up/b')
  expect(decision.session).toMatchObject({ redecided_because: 'drift' })
})

test('the model that answered is kept, not the one that was chosen and failed', async () => {
  await start()
  failing.add('a')
  expect(await ask([OPENING])).toMatchObject({ model: 'up/b', reason: 'fallback' })
  failing.clear()
  expect(await ask([...LATER, user('go on')])).toMatchObject({ model: 'up/b', reason: 'session kept' })
})

test('where the router has nothing to say, a conversation stays where it is', async () => {
  await start()
  prefer('b')
  await ask([OPENING])
  said.quality = { 'up/a': Number.NaN }
  const { model, reason } = await ask([...LATER, user('Explain the borrow checker in general.')])
  expect({ model, reason }).toEqual({ model: 'up/b', reason: 'session kept, router failed' })
})

test('a session of one key is not met by another', async () => {
  const key = (name: string) => ({
    name,
    sha256: new Uint8Array(createHash('sha256').update(name).digest()),
    routing: {},
    promptFlags: 'off' as const,
  })
  await start({ keys: [key('one'), key('two')] })
  const as = (name: string) => ({ authorization: `Bearer ${name}`, 'x-session-id': 'shared' })
  await ask([OPENING], {}, as('one'))
  prefer('b')
  const other = await ask([...LATER, user('continue')], {}, as('two'))
  expect(other.model).toBe('up/b')
  expect(other.decision.session).toMatchObject({ redecided_because: 'new session', calls: 0 })
  expect((await ask([...LATER, user('continue')], {}, as('one'))).model).toBe('up/a')
})

test('agents and side calls of one client session keep a model each', async () => {
  await start()
  const headers = { 'x-claude-code-session-id': '5f0c8a3e-1111-4222-8333-944445555666' }
  const system = (content: string): Turn => ({ role: 'system', content })
  const agent = [system('You are an agent. It is 10:41.'), OPENING]
  await ask(agent, { tools: TOOLS }, headers)
  prefer('b')
  const side = [system('Write a title of six words.'), user('Please port this program to Rust.')]
  expect((await ask(side, {}, headers)).model).toBe('up/b')
  const explorer = [agent[0] as Turn, user('Find all unsafe blocks.')]
  expect((await ask(explorer, { tools: TOOLS }, headers)).model).toBe('up/b')
  const clock = system('You are an agent. It is 10:52.')
  expect((await ask([clock, OPENING, called, result], { tools: TOOLS }, headers)).model).toBe('up/a')
  expect((await ask([...explorer, called, result], { tools: TOOLS }, headers)).model).toBe('up/b')
})

test('a client that drops its first turns is known by its session id', async () => {
  await start()
  const headers = { 'session-id': 'thread-1' }
  await ask([OPENING], { tools: TOOLS }, headers)
  prefer('b')
  const compacted = [user('Summary of what was said so far.'), called, result]
  expect((await ask(compacted, { tools: TOOLS }, headers)).reason).toBe('tool loop kept')
  expect((await ask(compacted, { tools: TOOLS })).model).toBe('up/b')
})

test('a session that the caller names is one whatever its calls say', async () => {
  await start()
  const routing = { session: 'ticket-7' }
  await ask([OPENING], { routing })
  prefer('b')
  expect((await ask([user('go ahead')], { routing })).reason).toBe('session kept')
  expect((await ask([user('go ahead')], { model: 'auto:session=ticket-7' })).reason).toBe('session kept')
})

test('sessions can be switched off, by call and by configuration', async () => {
  await start()
  await ask([OPENING])
  prefer('b')
  const one = await ask([...LATER, user('continue')], { routing: { session: 'off' } })
  expect(one.model).toBe('up/b')
  expect(one.decision.session).toBeUndefined()
  await gateway?.close()
  await upstream?.close()
  await start({ sessions: { isEnabled: false, idleMs: 1, drift: 0, switchMargin: 0 } })
  await ask([OPENING])
  prefer('b')
  expect((await ask([...LATER, user('continue')])).model).toBe('up/b')
})

test('asking for a decision tells what would be done and changes nothing', async () => {
  const { url } = await start()
  const route = async (messages: readonly Turn[]): Promise<Decision> => {
    const body = JSON.stringify({ messages })
    const headers = { 'content-type': 'application/json', 'x-session-id': 's' }
    return (await (await fetch(`${url}/v1/route`, { method: 'POST', headers, body })).json()) as Decision
  }
  await route([OPENING])
  prefer('b')
  expect((await route([...LATER, user('continue')])).model).toBe('up/b')
  await ask([OPENING], {}, { 'x-session-id': 's' })
  prefer('a')
  expect((await route([...LATER, user('continue')])).session).toMatchObject({ kept_because: 'follow-up' })
})

test('neither a session’s name nor a word of it stands in the decision or in the log', async () => {
  const { log } = await start()
  const headers = { 'x-session-id': 'secret-session-name' }
  await ask([OPENING], {}, headers)
  const { decision } = await ask([...LATER, user('continue')], {}, headers)
  expect(decision.session?.key).toMatch(/^[\w+/]{12}$/)
  for (const word of ['secret-session-name', 'port this program']) {
    expect(JSON.stringify(decision)).not.toContain(word)
    expect(JSON.stringify(log)).not.toContain(word)
  }
})

test('a model that is named neither reads nor moves the session', async () => {
  await start()
  await ask([OPENING])
  prefer('b')
  const named = await post(gateway?.url ?? '', { model: 'up/b', messages: [...LATER, user('continue')] })
  expect(named.headers.get('x-route-model')).toBe('up/b')
  expect((await ask([...LATER, user('continue')])).model).toBe('up/a')
})

test('a conversation stays on its side of a canary, and a tool loop is moved to neither', async () => {
  const canary = { model: 'up/b', share: 0.5, inPlaceOf: 'up/a' }
  await start({ pools: { trial: { canary } } })
  const model = 'auto/trial'
  const sides = new Set<string | null>()
  for (let number = 0; number < 20; number += 1) {
    const opening = user(`Please port program ${number} to Rust.`)
    const first = await ask([opening], { model, tools: TOOLS })
    sides.add(first.model)
    const later = [opening, answer('Here it is.'), user('Explain the borrow checker in general.')]
    expect((await ask(later, { model, tools: TOOLS })).model).toBe(first.model)
    const looped = await ask([opening, called, result], { model, tools: TOOLS })
    expect(looped).toMatchObject({ model: first.model, reason: 'tool loop kept' })
  }
  expect(sides).toEqual(new Set(['up/a', 'up/b']))
})

test('the order of providers that a caller likes moves no tool loop', async () => {
  await start()
  const { url = '' } = upstream ?? {}
  await gateway?.close()
  const more = { other: { upstream: url, models: ['c'] } }
  gateway = await startGateway({ models: ['a'], upstream: url, uniform: changingRouter(said), more })
  expect((await ask([OPENING], { tools: TOOLS })).model).toBe('up/a')
  const provider = { order: ['other'] }
  expect((await ask([OPENING], { tools: TOOLS, provider })).model).toBe('other/c')
  await ask([OPENING], { tools: TOOLS })
  const looped = await ask([OPENING, called, result], { tools: TOOLS, provider })
  expect(looped).toMatchObject({ model: 'up/a', reason: 'tool loop kept' })
})

test('a list of models is tried in its own order on every turn', async () => {
  await start()
  await ask([OPENING])
  const listed = await ask([...LATER, user('continue')], { model: 'up/b', models: ['auto'] })
  expect(listed.model).toBe('up/b')
  expect(listed.decision.session).toBeUndefined()
})
