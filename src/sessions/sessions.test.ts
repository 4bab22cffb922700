import { expect, test } from 'vitest'
import { shapeOf } from '../classify/shape.ts'
import { message, request, result } from '../classify/test-request.ts'
import type { ContentPart } from '../core/content.ts'
import type { ChatRequest, Message } from '../core/request.ts'
import type { Signals } from '../core/router.ts'
import { SESSION_DEFAULTS } from '../core/session.ts'
import { shortHash } from '../core/short-hash.ts'
import type { Usage } from '../core/stream-part.ts'
import { NO_USAGE } from '../core/stream-part.ts'
import type { SessionState } from './session-state.ts'
import type { Session } from './sessions.ts'
import { createSessions } from './sessions.ts'

const FIRST = message('user', `Review this: ${'const a = 1\n'.repeat(600)}`)
const LATER = [FIRST, message('assistant', 'Fine.'), message('user', 'What does the second half do, and for whom?')]

/** Sessions on a clock of their own, in a store that may answer later. */
function keep({ isLate = false } = {}) {
  let now = 1_000
  const states = new Map<string, SessionState>()
  const store = {
    get: (key: string) => (isLate ? Promise.resolve(states.get(key)) : states.get(key)),
    set: (key: string, state: SessionState) => void states.set(key, state),
  }
  const sessions = createSessions({ store, now: () => now, digest: (text) => shortHash(text, 12) })
  return {
    states,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
    async open(
      messages: readonly Message[],
      given: { readonly id?: string; readonly body?: ChatRequest['native']['body']; readonly session?: string } = {},
    ) {
      const { id = 'rt_1', body = {}, session: named } = given
      const chat = request(messages, { native: { format: 'openai-chat', body } })
      const session = await sessions.open({
        id,
        chat,
        tenant: 'key',
        session: named,
        header: () => undefined,
        signals: shapeOf(chat) as Signals,
        directives: {},
        pool: undefined,
        settings: SESSION_DEFAULTS,
      })
      if (session === undefined) throw new Error('no session')
      return session
    },
  }
}

function answer(session: Session, targetId: string, usage?: Usage, shares?: ArrayLike<number>): void {
  session.answered({ targetId, usage, responseId: undefined, shares })
}

test('after five minutes nothing is in a cache, and nothing speaks for staying', async () => {
  const kept = keep()
  answer(await kept.open([FIRST]), 'a')
  kept.pass(299_000)
  const soon = (await kept.open(LATER)).previous
  expect(soon).toMatchObject({ targetId: 'a', lock: undefined })
  expect(soon?.cachedTokens).toBeGreaterThan(1_024)
  expect(soon?.marginPoints(undefined)).toBe(1)
  kept.pass(2_000)
  const late = await kept.open(LATER)
  expect(late.previous).toMatchObject({ targetId: 'a', cachedTokens: 0 })
  expect(late.previous?.marginPoints(undefined)).toBe(0)
  const staying = { passes: true, isCandidate: true, isDecisive: false, marginPoints: 0, switchCostUsd: 0 }
  expect(late.describe(staying, 'a')).toMatchObject({ redecided_because: 'idle' })
})

test('a tool may run for an hour: its results go to the model that called it', async () => {
  const kept = keep()
  answer(await kept.open([FIRST]), 'a')
  kept.pass(3_600_000)
  const call = message('assistant', [{ type: 'tool-call', id: 'c', name: 'run', argumentsText: '{}' }])
  expect((await kept.open([FIRST, call, result('c', 'ok')])).previous?.lock).toBe('tool loop')
})

test('a provider that says that it cached nothing has nothing to lose', async () => {
  const kept = keep()
  answer(await kept.open([FIRST]), 'a', { ...NO_USAGE, cachedInputTokens: 0, cacheWriteTokens: 0 })
  expect((await kept.open(LATER)).previous?.cachedTokens).toBe(0)
  // OpenAI counts what it read, and says nothing of what it writes.
  answer(await kept.open([FIRST], { id: 'rt_2' }), 'a', { ...NO_USAGE, cachedInputTokens: 0 })
  expect((await kept.open(LATER)).previous?.cachedTokens).toBeGreaterThan(0)
})

test('a prompt that is too short for a cache is worth none', async () => {
  const kept = keep()
  const short = message('user', 'Hello there')
  answer(await kept.open([short]), 'a')
  expect((await kept.open([short, ...LATER])).previous?.cachedTokens).toBe(0)
})

test('thoughts that only their model can read are worth a point more', async () => {
  const kept = keep()
  answer(await kept.open([FIRST]), 'a')
  const thought: ContentPart = {
    type: 'reasoning',
    text: 'Hm.',
    signature: { by: 'anthropic-messages', value: 's' },
  }
  const [first, , last] = LATER
  const history = [first, message('assistant', [thought, { type: 'text', text: 'Fine.' }]), last] as Message[]
  expect((await kept.open(history)).previous?.marginPoints(undefined)).toBe(2)
})

test('a turn unlike the one before has no margin', async () => {
  const kept = keep()
  answer(await kept.open([FIRST]), 'a', undefined, [1, 0])
  const { previous } = await kept.open(LATER)
  expect(previous?.marginPoints([0.8, 0.2])).toBe(1)
  expect(previous?.marginPoints([0.3, 0.7])).toBe(0)
  // Another router's shares cannot be compared.
  expect(previous?.marginPoints([1])).toBe(1)
})

test.each([false, true])(
  'of first turns at once the one that began last has the last word, in whatever order they end (late store: %s)',
  async (isLate) => {
    const settled = () => new Promise((resolve) => setImmediate(resolve))
    for (const order of [
      ['rt_1', 'rt_2'],
      ['rt_2', 'rt_1'],
    ]) {
      const kept = keep({ isLate })
      const opened = new Map<string, Session>()
      for (const id of ['rt_1', 'rt_2']) opened.set(id, await kept.open([FIRST], { id }))
      for (const id of order) {
        answer(opened.get(id) as Session, `model of ${id}`)
        await settled()
      }
      expect((await kept.open(LATER)).previous?.targetId).toBe('model of rt_2')
    }
  },
)

test('another conversation that begins in the same words has nothing before its first turn', async () => {
  const kept = keep()
  answer(await kept.open([FIRST]), 'a')
  expect((await kept.open([FIRST])).previous).toBeUndefined()
})

test('nothing of what was said is kept', async () => {
  const kept = keep()
  answer(await kept.open([FIRST], { body: { prompt_cache_key: 'the client’s own' } }), 'a')
  answer(await kept.open([FIRST], { session: 'a client’s own name' }), 'a')
  expect(JSON.stringify([...kept.states])).not.toMatch(/Review|const|client/)
})
