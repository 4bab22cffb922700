import { expect, test } from 'vitest'
import { askUpstream } from './ask-upstream.ts'
import type { Clock, HttpRequest, ResponseHandler, Transport } from './core/ports.ts'

const request: HttpRequest = { method: 'POST', origin: 'https://x', path: '/', headers: {}, body: '' }

/** A transport that hands its handler over, and a clock whose one timer the test fires. */
function stage() {
  const state: { handler?: ResponseHandler; fire?: () => void; aborted: boolean; cancelled: boolean } = {
    aborted: false,
    cancelled: false,
  }
  const transport: Transport = {
    send(_, handler) {
      state.handler = handler
      const abort = (): void => {
        state.aborted = true
      }
      return { abort, pause: () => undefined, resume: () => undefined }
    },
    close: () => Promise.resolve(),
  }
  const clock: Clock = {
    monotonic: () => 0,
    now: () => 0,
    timer(_, fire) {
      state.fire = fire
      const cancel = (): void => {
        state.cancelled = true
      }
      return { cancel, refresh: () => undefined }
    },
  }
  return { state, ask: askUpstream(transport, clock) }
}

test('an upstream that says nothing is given up, and its connection with it', async () => {
  const { state, ask } = stage()
  const answer = ask(request)
  state.fire?.()
  await expect(answer).rejects.toMatchObject({ code: 'upstream_timeout' })
  expect(state.aborted).toBe(true)
})

test('an answer is given whole, and nothing waits any longer', async () => {
  const { state, ask } = stage()
  const answer = ask(request)
  state.handler?.onHead(201, {})
  const bytes = new TextEncoder().encode('é!')
  for (const byte of bytes) state.handler?.onData(new Uint8Array([byte]))
  state.handler?.onEnd()
  expect(await answer).toEqual({ status: 201, body: 'é!' })
  expect(state).toMatchObject({ cancelled: true, aborted: false })
})
