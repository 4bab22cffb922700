import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'undici'

type Prices = { readonly secret: string; readonly priceIn: number; readonly priceOut: number }

export type Load = {
  /** Some calls that are not counted apart from their cost. */
  warmUp(): Promise<void>
  /** That many calls a second, whatever has been answered; half of them streams that last a while. */
  run(perSecond: number): {
    /** What became of the calls, and what their usage costs, the warm-up's included. */
    stop(): Promise<{ readonly ended: ReadonlyMap<string, number>; readonly usd: number }>
  }
}

/** What streams ask for: an answer that takes a while. */
export const STREAM = 'up/ok;itl=5'
const WARM_UP_CALLS = 50

export function createLoad(pool: Pool, { secret, priceIn, priceOut }: Prices): Load {
  let usd = 0

  async function call(number: number): Promise<string> {
    const stream = number % 2 === 1
    const { statusCode, body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      // A connection a call: nginx closes idle ones when it is reloaded, and a call sent just then would be lost before it.
      reset: true,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({
        model: stream ? STREAM : 'auto',
        messages: [{ role: 'user', content: `Question ${number}` }],
        ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
      }),
    })
    const text = await body.text()
    if (statusCode !== 200) return `status ${statusCode}: ${text.slice(0, 120)}`
    const usage = /"usage":\{[^}]*"prompt_tokens":(\d+)[^}]*"completion_tokens":(\d+)/.exec(text)
    if (usage === null || (stream && !text.includes('[DONE]'))) return 'cut'
    usd += (Number(usage[1]) * priceIn + Number(usage[2]) * priceOut) / 1e6
    return stream ? 'streamed to its end' : 'answered'
  }

  const tried = (number: number): Promise<string> => call(number).catch((thrown: unknown) => `thrown ${String(thrown)}`)

  return {
    async warmUp() {
      await Promise.all(Array.from({ length: WARM_UP_CALLS }, (_, number) => tried(number)))
    },
    run(perSecond) {
      const ended = new Map<string, number>()
      const under = new Set<Promise<void>>()
      let isStopped = false
      const loop = async (): Promise<void> => {
        const startedAt = performance.now()
        for (let number = 0; !isStopped; number += 1) {
          const wait = startedAt + (number / perSecond) * 1_000 - performance.now()
          if (wait > 1) await sleep(wait)
          const one = tried(number).then((outcome) => {
            ended.set(outcome, (ended.get(outcome) ?? 0) + 1)
            under.delete(one)
          })
          under.add(one)
        }
        await Promise.all(under)
      }
      const looping = loop()
      return {
        async stop() {
          isStopped = true
          await looping
          return { ended, usd }
        },
      }
    },
  }
}
