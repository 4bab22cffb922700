import { expect, test } from 'vitest'
import { foldParts } from '../../src/core/fold.ts'
import type { JsonObject } from '../../src/core/json.ts'
import type { WireFormat } from '../../src/core/wire-format.ts'
import { anthropicMessages } from '../../src/wire/anthropic-messages/index.ts'
import { geminiGenerate } from '../../src/wire/gemini-generate/index.ts'
import { openaiChat } from '../../src/wire/openai-chat/index.ts'
import { openaiResponses } from '../../src/wire/openai-responses/index.ts'
import { partsOf } from './decode.ts'
import { CONTEXT } from './rewrite.ts'

// A reasoning item is one block of state, however many parts its summary has.

const SUMMARY = ['First.', 'Then.'].map((text) => ({ type: 'summary_text', text }))
const THOUGHT = { type: 'reasoning', id: 'rs_1', summary: SUMMARY, encrypted_content: 'gAAA' }
const CALL = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'look', arguments: '{}' }
const RESPONSE = { id: 'resp_1', model: 'm', status: 'completed', output: [THOUGHT, CALL] }

const delta = (summary_index: number, text: string): JsonObject => ({
  type: 'response.reasoning_summary_text.delta',
  output_index: 0,
  summary_index,
  delta: text,
})
const EVENTS = [
  { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'rs_1', summary: [] } },
  ...[delta(0, 'Fir'), delta(0, 'st.'), delta(1, 'Th'), delta(1, 'en.')],
  { type: 'response.output_item.done', output_index: 0, item: THOUGHT },
  { type: 'response.output_item.done', output_index: 1, item: CALL },
  { type: 'response.completed', response: RESPONSE },
]

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const ANSWERS = {
  whole: partsOf(openaiResponses, bytes(JSON.stringify(RESPONSE)), false),
  streamed: partsOf(
    openaiResponses,
    bytes(EVENTS.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')),
    true,
  ),
}

test.each(['whole', 'streamed'] as const)('a summary in parts is one block, %s', (how) => {
  const [block] = foldParts(ANSWERS[how]).blocks
  const signature = { by: 'openai-responses', value: 'gAAA' }
  expect(block).toEqual({ type: 'reasoning', text: 'First.\n\nThen.', id: 'rs_1', signature })
})

type NextTurn = (answer: JsonObject) => JsonObject

const HISTORIES: readonly (readonly [WireFormat, NextTurn])[] = [
  [
    openaiChat,
    ({ choices }) => {
      const [choice] = choices as readonly JsonObject[]
      return {
        model: 'm',
        messages: [choice?.['message'] ?? null, { role: 'tool', tool_call_id: 'call_1', content: 'x' }],
      }
    },
  ],
  [
    anthropicMessages,
    ({ content }) => {
      const result = { type: 'tool_result', tool_use_id: 'call_1', content: 'x' }
      const messages = [
        { role: 'assistant', content: content ?? [] },
        { role: 'user', content: [result] },
      ]
      return { model: 'm', max_tokens: 100, messages }
    },
  ],
  [
    geminiGenerate,
    ({ candidates }) => {
      const [candidate] = candidates as readonly JsonObject[]
      const functionResponse = { id: 'call_1', name: 'look', response: { output: 'x' } }
      return { model: 'm', contents: [candidate?.['content'] ?? null, { role: 'user', parts: [{ functionResponse }] }] }
    },
  ],
]

test.each(HISTORIES.map(([client, next]) => [client.id, client, next] as const))(
  'it goes back as the item it was, from a client of %s',
  (_id, client, next) => {
    const body = next(client.writeResponse(ANSWERS.streamed, CONTEXT))
    const written = openaiResponses.writeRequest(client.readRequest(JSON.parse(JSON.stringify(body))), 'm')
    const [item] = written.body['input'] as readonly JsonObject[]
    const summary = [{ type: 'summary_text', text: 'First.\n\nThen.' }]
    // Anthropic's blocks have no ids, and state is read without one too.
    const id = client === anthropicMessages ? {} : { id: 'rs_1' }
    expect(item).toEqual({ type: 'reasoning', ...id, summary, encrypted_content: 'gAAA' })
    expect(written.losses).toEqual([])
  },
)
