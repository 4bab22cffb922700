import { expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { WireFormat } from '../core/wire-format.ts'
import { withoutSignatures } from '../core/without-signatures.ts'
import { anthropicMessages } from './anthropic-messages/index.ts'
import { bedrockConverse } from './bedrock-converse/index.ts'
import { geminiGenerate } from './gemini-generate/index.ts'
import { openaiChat } from './openai-chat/index.ts'
import { openaiResponses } from './openai-responses/index.ts'

function stripped(format: WireFormat, body: JsonObject) {
  const lost: string[] = []
  const kept = format.withoutSignatures?.(body, (path) => void lost.push(path))
  return { kept, lost }
}

const user = { role: 'user', content: 'Hi' }

test('Responses: no reasoning, and no names of what came with it', () => {
  const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }
  const input = [user, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }, { id: 'fc_1', ...call }]
  expect(stripped(openaiResponses, { model: 'm', input })).toEqual({
    kept: { model: 'm', input: [user, call] },
    lost: ['input[1]'],
  })
})

test('Responses: references to reasoning go as well, and other items keep their names', () => {
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' }
  const input = [user, { type: 'item_reference', id: 'rs_1' }, { type: 'item_reference', id: 'msg_1' }, search]
  expect(stripped(openaiResponses, { model: 'm', input })).toEqual({
    kept: { model: 'm', input: [user, { type: 'item_reference', id: 'msg_1' }, search] },
    lost: ['input[1]'],
  })
})

test('Gemini: what was a signature only is gone, and so is a turn of nothing else', () => {
  const model = (...parts: JsonObject[]) => ({ role: 'model', parts })
  const contents = [
    { role: 'user', parts: [{ text: 'Hi' }] },
    model({ text: '', thoughtSignature: 's' }),
    model({ thoughtSignature: 's' }, { text: 'x' }),
  ]
  expect(stripped(geminiGenerate, { contents }).kept).toEqual({ contents: [contents[0], model({ text: 'x' })] })
})

test('Messages: no thoughts', () => {
  const text = { type: 'text', text: 'Hello' }
  const thought = { type: 'thinking', thinking: 'Hm.', signature: 's' }
  const messages = [
    user,
    { role: 'assistant', content: [thought, { type: 'redacted_thinking', data: 'd' }, text] },
    user,
    { role: 'assistant', content: [thought] },
  ]
  expect(stripped(anthropicMessages, { messages })).toEqual({
    kept: { messages: [user, { role: 'assistant', content: [text] }, user] },
    lost: ['messages[1].content[0]', 'messages[1].content[1]', 'messages[3].content[0]'],
  })
})

test('Gemini: no signatures', () => {
  const functionCall = { name: 'f', args: {} }
  const parts = [{ text: '', thoughtSignature: 's' }, { functionCall, thought_signature: 's' }, { text: 'Hello' }]
  expect(stripped(geminiGenerate, { contents: [{ role: 'model', parts }] })).toEqual({
    kept: { contents: [{ role: 'model', parts: [{ functionCall }, { text: 'Hello' }] }] },
    lost: ['contents[0].parts[0]', 'contents[0].parts[1]'],
  })
})

test('Chat: no details of reasoning, no signature of a call', () => {
  const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }
  const extra_content = { google: { thought_signature: 's' } }
  const said = { role: 'assistant', content: null, reasoning: 'Hm.' }
  const messages = [user, { ...said, reasoning_details: [{}], tool_calls: [{ ...call, extra_content }, call] }]
  expect(stripped(openaiChat, { messages })).toEqual({
    kept: { messages: [user, { ...said, tool_calls: [call, call] }] },
    lost: ['messages[1]'],
  })
})

test.each([openaiResponses, anthropicMessages, geminiGenerate, openaiChat])(
  '$id: a body without any is the same object',
  (format) => {
    const turn = { role: 'assistant', content: 'Hello', parts: [{ text: 'Hello' }] }
    const body = { messages: [user, turn], input: [user, turn], contents: [user, turn] }
    expect(stripped(format, body)).toEqual({ kept: body, lost: [] })
    expect(stripped(format, body).kept).toBe(body)
  },
)

test('a request of any format: what was thought in the open stays', () => {
  const signature = { by: 'openai-responses', value: 's' } as const
  const chat = openaiChat.readRequest({ model: 'm', messages: [user] })
  const content = [
    { type: 'reasoning', text: 'Hm.', signature, id: 'rs_1' },
    { type: 'reasoning', text: '', signature, redacted: true },
    { type: 'text', text: 'Hello', signature },
    { type: 'tool-call', id: 'c', name: 'f', argumentsText: '{}', signature },
  ] as const
  const lost: string[] = []
  const signed = { ...chat, messages: [...chat.messages, { role: 'assistant' as const, name: undefined, content }] }
  const { messages } = withoutSignatures(signed, (path) => void lost.push(path))
  expect(messages[1]?.content).toEqual([
    { type: 'reasoning', text: 'Hm.' },
    { type: 'text', text: 'Hello' },
    { type: 'tool-call', id: 'c', name: 'f', argumentsText: '{}' },
  ])
  expect(messages[0]).toBe(chat.messages[0])
  expect(lost).toEqual([0, 1, 2, 3].map((at) => `messages[1].content[${at}]`))
})

test('what is not found is refused likewise, and so is what is refused within a stream', () => {
  const body = openai(null, "Item with id 'rs_0a1' not found. Items are not persisted when `store` is set to false.")
  expect(openaiResponses.readError(404, {}, JSON.stringify(body))).toMatchObject({
    code: 'upstream_rejected',
    refusesSignatures: true,
  })
  expect(openaiResponses.readError(404, {}, JSON.stringify(openai(null, 'No such model')))).toMatchObject({
    code: 'upstream_model_missing',
    refusesSignatures: false,
  })
  const data = JSON.stringify({
    type: 'error',
    code: 'invalid_encrypted_content',
    message: 'It could not be verified.',
  })
  const push = () => openaiResponses.createReader().push({ event: 'error', data })
  expect(push).toThrow(expect.objectContaining({ refusesSignatures: true }))
})

test('what a provider said behind OpenRouter is the client’s to read', () => {
  const metadata = { raw: JSON.stringify(openai(null, 'Too many images.')), provider_name: 'P' }
  const body = JSON.stringify({ error: { code: 400, message: 'Provider returned error', metadata } })
  expect(openaiChat.readError(400, {}, body).message).toBe('Provider returned error: Too many images.')
})

test('a signature that is missing is nothing to leave out', () => {
  const body = JSON.stringify(google('Function call is missing a thought_signature in functionCall parts.'))
  expect(geminiGenerate.readError(400, {}, body).refusesSignatures).toBe(false)
})

const openai = (code: string | null, message: string) => ({ error: { code, message, type: 'invalid_request_error' } })
const anthropic = (message: string) => ({ type: 'error', error: { type: 'invalid_request_error', message } })
const google = (message: string) => ({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } })

test.each([
  [openaiResponses, openai('invalid_encrypted_content', 'The encrypted content gAAA... could not be verified.'), true],
  [
    openaiResponses,
    openai(null, "Item with id 'rs_0a1' not found. Items are not persisted when store is false."),
    true,
  ],
  [openaiResponses, openai(null, 'Could not decrypt the provided encrypted_content.'), true],
  [openaiResponses, openai(null, "Item with id 'msg_1' not found."), false],
  [openaiResponses, openai(null, 'Encrypted content is not supported with this model.'), false],
  [anthropicMessages, anthropic('messages.1.content.0: Invalid `signature` in `thinking` block'), true],
  [anthropicMessages, anthropic('messages.1.content.0: Invalid `data` in `redacted_thinking` block'), true],
  [anthropicMessages, anthropic('messages.1.content.0.text: Field required'), false],
  [bedrockConverse, { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' }, true],
  [
    openaiChat,
    {
      error: {
        code: 400,
        message: 'Provider returned error',
        metadata: {
          raw: JSON.stringify(openai('invalid_encrypted_content', 'The encrypted content could not be verified.')),
        },
      },
    },
    true,
  ],
  [geminiGenerate, google('Corrupted thought signature.'), true],
  [geminiGenerate, google('Thought signature is not valid'), true],
  [geminiGenerate, google('Please ensure that function response turn comes immediately after'), false],
] as const)('%# what %o says', (format, body, refuses) => {
  const error = format.readError(400, {}, JSON.stringify(body))
  expect(error.refusesSignatures).toBe(refuses)
  expect(error.code).toBe('upstream_rejected')
})

test('an error of many words is soon read', () => {
  const error = openaiResponses.readError(400, {}, JSON.stringify(openai(null, 'item-rs_a-'.repeat(13_000))))
  expect(error.refusesSignatures).toBe(false)
})
