import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bfclItems } from './items.ts'
import type { Asked, Gateways, Outcome } from './measure.ts'
import { ASKED, countOf, measure, READ, requestFor, startGateways } from './measure.ts'
import { isPrepared } from './prepared.ts'
import type { LocalServer } from './server.ts'
import { startLocalServer } from './server.ts'

// A real model, too small to be good at it, that knows no tools: what must hold of its calls whatever it writes. How many
// it gets right is measured by bench/live-local/run.ts.

const ITEMS = bfclItems(6)

let server: LocalServer
let gateways: Gateways

describe.skipIf(!isPrepared)('a small model behind the gateway', () => {
  beforeAll(async () => {
    server = await startLocalServer()
    gateways = await startGateways(server)
  })

  afterAll(async () => {
    await gateways.close()
    await server.close()
  })

  test("the server's template knows no tools", async () => {
    const response = await fetch(server.url.replace('/v1', '/props'))
    const props = (await response.json()) as { readonly chat_template: string }
    expect(props.chat_template).toContain('<|im_start|>')
    expect(props.chat_template).not.toContain('tools')
  })

  describe('its calls', () => {
    let outcomes: readonly Outcome[]

    beforeAll(async () => {
      outcomes = await measure(ITEMS, { server, gateways })
      for (const asked of ASKED) {
        for (const read of READ) {
          const { of, called, valid, right } = countOf(outcomes, asked, read)
          if (of > 0)
            process.stderr.write(`${asked}, ${read}: ${called} calls, ${valid} valid, ${right} right of ${of}\n`)
        }
      }
    }, 600_000)

    test.each(ASKED)('what is valid as it was written stays valid: %s', (asked) => {
      const valid = (read: Outcome['read']): string[] =>
        outcomes.filter((one) => one.asked === asked && one.read === read && one.isValid).map(({ item }) => item.id)
      expect(valid('mended')).toEqual(expect.arrayContaining(valid('strictly')))
      if (asked !== 'held') expect(valid('refined')).toEqual(expect.arrayContaining(valid('mended')))
    })

    test('a call that is begun for the model is one, unless the limit cut it', () => {
      const begun = outcomes.filter((one) => one.asked === 'begun' && one.read === 'mended')
      const missing = begun.filter((one) => !one.hasCall && one.said.finish !== 'length')
      expect(missing.map(({ item, said }) => [item.id, said.text])).toEqual([])
    })

    test('a call that is held to its schema is valid, unless the limit cut it', () => {
      const held = outcomes.filter((one) => one.asked === 'held' && one.read === 'mended')
      const whole = held.filter(({ said }) => said.finish === 'stop')
      expect(whole.length).toBeGreaterThan(0)
      expect(whole.filter((one) => !one.isValid).map(({ item, said }) => [item.id, said.text])).toEqual([])
      expect(held.filter((one) => one.said.finish === 'length' && one.hasCall && !one.isValid)).toEqual([])
    })
  })

  test.each(ASKED)(
    'streamed and whole are the same calls, whatever the model was asked in between: %s',
    async (asked) => {
      for (const item of ITEMS.filter((_, place) => place % 3 === 0)) {
        const client = openai(asked)
        const request = requestFor(item, asked) as OpenAI.ChatCompletionCreateParamsNonStreaming
        const whole = await client.create(request)
        await client.create({ model: request.model, messages: [{ role: 'user', content: 'Hello!' }], max_tokens: 4 })
        const streamed = await assembled(await client.create({ ...request, stream: true }))
        const [choice] = whole.choices
        expect(streamed, item.id).toEqual({
          text: choice?.message.content ?? '',
          finish: choice?.finish_reason,
          calls: (choice?.message.tool_calls ?? []).map((call) => ('function' in call ? call.function : call)),
        })
      }
    },
  )
})

function openai(asked: Asked): OpenAI.Chat.Completions {
  const { url } = gateways.of(asked, 'mended')
  return new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 }).chat.completions
}

type Assembled = { text: string; finish: string | undefined; calls: { name: string; arguments: string }[] }

async function assembled(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<Assembled> {
  const whole: Assembled = { text: '', finish: undefined, calls: [] }
  for await (const { choices } of stream) {
    const [choice] = choices
    whole.text += choice?.delta.content ?? ''
    whole.finish = choice?.finish_reason ?? whole.finish
    for (const { index, function: said } of choice?.delta.tool_calls ?? []) {
      const before = whole.calls[index] ?? { name: '', arguments: '' }
      const { name = '', arguments: text = '' } = said ?? {}
      whole.calls[index] = { name: before.name + name, arguments: before.arguments + text }
    }
  }
  return whole
}
