import { expect, test } from 'vitest'
import { DISPATCH_DEFAULTS } from '../../src/core/dispatch-settings.ts'
import { COMPLETION, chunk, startCaptureUpstream } from './capture-upstream.ts'
import { eventually, HELLO, post, startGateway } from './start-gateway.ts'

const MOST = 4
const STREAM = { 'content-type': 'text/event-stream' }

test('faults, second requests and clients that leave cost no place: as many calls as ever are let in at once', async () => {
  let isWell = false
  let atOnce = 0
  let most = 0
  let count = 0
  const upstream = await startCaptureUpstream((response, { body }) => {
    if (isWell) {
      atOnce += 1
      most = Math.max(most, atOnce)
      // All that are let in are here before the first is answered.
      if (atOnce < MOST) {
        waiting.push(() => response.end(JSON.stringify(COMPLETION)))
        return
      }
      response.end(JSON.stringify(COMPLETION))
      for (const answer of waiting.splice(0)) answer()
      return
    }
    count += 1
    const { stream } = JSON.parse(body.toString()) as { readonly stream?: boolean }
    const fault = count % 6
    if (fault === 0) response.destroy()
    else if (fault === 1) response.writeHead(500).end('{}')
    else if (fault === 2) return
    else if (fault === 3) response.writeHead(200, STREAM).write(chunk('Hel'), () => response.destroy())
    else if (stream === true) response.writeHead(200, STREAM).end(`${chunk('Hi', 'stop')}data: [DONE]\n\n`)
    else response.end(JSON.stringify(COMPLETION))
  })
  const waiting: (() => void)[] = []
  const gateway = await startGateway({
    models: ['a', 'b', 'c'],
    upstream: upstream.url,
    maxConcurrent: MOST,
    timeouts: { headersMs: 60, firstPartMs: 60, idleMs: 60, totalMs: 400 },
    dispatch: {
      breaker: { ...DISPATCH_DEFAULTS.breaker, isEnabled: false },
      queue: { length: 8, waitMs: 50 },
      hedge: { share: 0.5, minMs: 5 },
      continuations: 1,
    },
  })
  const ask = async (index: number): Promise<void> => {
    const signal = index % 3 === 0 ? AbortSignal.timeout(1 + (index % 60)) : null
    const body = JSON.stringify({ model: 'auto', messages: HELLO, stream: index % 2 === 0 })
    try {
      await (await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body, signal })).text()
    } catch {
      // It left.
    }
  }
  for (let round = 0; round < 15; round += 1)
    await Promise.all(Array.from({ length: 16 }, (_, index) => ask(16 * round + index)))
  await eventually('all calls to be over', async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text()
    return metrics.includes('thalamus_queue_waiting{provider="up"} 0')
  })
  isWell = true
  // Again where the machine was too slow for these timeouts; a place that is lost stays lost.
  await eventually('as many calls as ever at once', async () => {
    atOnce = 0
    most = 0
    waiting.length = 0
    const calls = Array.from({ length: MOST }, () => post(gateway.url, { model: 'up/a', messages: HELLO }))
    const statuses = (await Promise.all(calls)).map(({ status }) => status)
    return statuses.every((status) => status === 200) && most === MOST
  })
  expect(most).toBe(MOST)
  await gateway.close()
  await upstream.close()
})
