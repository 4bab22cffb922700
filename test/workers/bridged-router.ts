import { queueFull } from '../../src/core/queue-full.ts'
import type { Embedding, Predictions, RouterDefinition } from '../../src/core/router.ts'
import { defineRouter } from '../../src/core/router.ts'
import { decode, encode } from './flow-codec.ts'

/** What the test says of its router when it is opened. */
export type BridgedFacts = { readonly name: string; readonly device: string; readonly embeds: boolean }

export type BridgedAnswer =
  | { readonly type: 'answer'; readonly value: unknown }
  | { readonly type: 'full' }
  | { readonly type: 'failed'; readonly problem: string }

/** A router that a test has written, in the process of the test. */
export function bridgedRouter(url: string): RouterDefinition {
  async function ask(what: string, body: object, signal?: AbortSignal): Promise<unknown> {
    const response = await fetch(`${url}/${what}`, { method: 'POST', body: encode(body), ...(signal && { signal }) })
    const answer = decode(await response.text()) as BridgedAnswer
    if (answer.type === 'full') throw queueFull(1)
    if (answer.type === 'failed') throw new Error(answer.problem)
    return answer.value
  }
  return defineRouter({
    id: 'uniform',
    settings: { parse: () => ({}) },
    runtimes: ['workers'],
    async open() {
      const { name, device, embeds } = (await ask('open', {})) as BridgedFacts
      return {
        name,
        device,
        predict: ({ signals, candidates, signal }) =>
          ask('predict', { signals, candidates }, signal) as Promise<Predictions>,
        ...(embeds
          ? { embed: (text: string, signal: AbortSignal) => ask('embed', { text }, signal) as Promise<Embedding> }
          : {}),
        close: () => Promise.resolve(),
      }
    },
  })
}
