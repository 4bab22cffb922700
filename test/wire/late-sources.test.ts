import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import type { StreamPart } from '../../src/core/stream-part.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { partsOf } from './decode.ts'
import { CONTEXT, eventsOf } from './rewrite.ts'

// Sources of a text that a call follows: they stand with that text, whenever they are named.

const utf8 = new TextEncoder()
const annotations = [
  { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A', start_index: 4, end_index: 5 } },
]
const tool_calls = [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]

function whole(message: JsonObject): StreamPart[] {
  const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
  return partsOf(openaiChat, utf8.encode(JSON.stringify({ id: 'c', choices })), false)
}

function streamed(...deltas: readonly JsonObject[]): StreamPart[] {
  const chunk = (delta: JsonObject, finish_reason: string | null) => ({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
  })
  const chunks = [...deltas.map((delta) => chunk(delta, null)), chunk({}, 'tool_calls')]
  return partsOf(openaiChat, utf8.encode(chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('')), true)
}

const annotation = { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 4, end_index: 5 }
const OUTPUT = [
  { type: 'message', content: [{ text: 'See A', annotations: [annotation] }] },
  { type: 'function_call', arguments: '{}' },
]

test.each([
  ['in a whole message', whole({ role: 'assistant', content: 'See A', annotations, tool_calls })],
  ['in one delta', streamed({ content: 'See A', annotations, tool_calls })],
  ['before the call', streamed({ content: 'See A' }, { annotations }, { tool_calls })],
  ['after the call', streamed({ content: 'See A' }, { tool_calls }, { annotations })],
])('sources named %s stand with the text in Responses, places included', (_, parts) => {
  const events = eventsOf(openaiResponses, parts).map(({ data }) => JSON.parse(data))
  expect(events.at(-1).response.output).toMatchObject(OUTPUT)
  expect(events.at(-1).response.output).toHaveLength(2)
  expect(events.filter(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject([
    {
      item_id: events.at(-1).response.output[0].id,
      output_index: 0,
      content_index: 0,
      annotation_index: 0,
      annotation,
    },
  ])
  expect(openaiResponses.writeResponse(parts, CONTEXT)['output']).toMatchObject(OUTPUT)
})

test('what a whole chat message cites is said right after its text, also where the sources stand beside the choices', () => {
  const types = (parts: readonly StreamPart[]) => parts.map(({ type }) => type).slice(1, 4)
  const expected = ['text-delta', 'citation', 'tool-call-start']
  expect(types(whole({ content: 'See A', annotations, tool_calls }))).toEqual(expected)
  const choices = [{ index: 0, message: { content: 'See A', tool_calls }, finish_reason: 'tool_calls' }]
  const body = JSON.stringify({ id: 'c', choices, citations: ['https://a.example'] })
  expect(types(partsOf(openaiChat, utf8.encode(body), false))).toEqual(expected)
})
