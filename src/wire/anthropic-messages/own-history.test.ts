import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { packSignature } from '../shared/signature.ts'
import { ownHistory } from './own-history.ts'

const USER = { role: 'user', content: 'Hi' }
const OWN = { type: 'thinking', thinking: '', signature: 'EqQB' }
const WRAPPED = packSignature({ by: 'gemini-generate', value: 'sig' }, 'anthropic-messages')
const SAID = { type: 'text', text: 'Yes' }
const CALL = { type: 'tool_use', id: 'a', name: 'f', input: {} }
const RESULT = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'ok' }] }

const assistant = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content })

function cleaned(body: JsonObject, model = 'claude-haiku-4-5') {
  const lost: string[] = []
  return { body: ownHistory(body, model, (path) => void lost.push(path)), lost }
}

test('a history of Anthropic’s own is the same object', () => {
  const body = { model: 'm', messages: [USER, assistant(OWN, SAID, CALL), RESULT], thinking: { type: 'enabled' } }
  expect(cleaned(body).body).toBe(body)
})

test('thoughts of other models go, with the turn if it held nothing else', () => {
  const unsigned = { type: 'thinking', thinking: 'theirs', signature: '' }
  const wrapped = { type: 'thinking', thinking: '', signature: WRAPPED }
  const redacted = { type: 'redacted_thinking', data: WRAPPED }
  const { body, lost } = cleaned({
    messages: [USER, assistant(unsigned, wrapped, redacted, OWN, SAID), USER, assistant(unsigned)],
  })
  expect(body['messages']).toEqual([USER, assistant(OWN, SAID), USER])
  // State alone, which nobody else could read, is no loss.
  expect(lost).toEqual(['messages[1].content[0]', 'messages[1].content[2]', 'messages[3].content[0]'])
})

test('empty text, in which sources without words came, goes', () => {
  const cited = { type: 'text', text: '', citations: [{ type: 'web_search_result_location', encrypted_index: '' }] }
  const { body, lost } = cleaned({ messages: [USER, assistant(SAID, CALL, cited), RESULT] })
  expect(body['messages']).toEqual([USER, assistant(SAID, CALL), RESULT])
  expect(lost).toEqual([])
})

test('servers that imitate the API keep thoughts that nobody signs', () => {
  const body = { messages: [USER, assistant({ type: 'thinking', thinking: 'mine', signature: '' }, SAID)] }
  expect(cleaned(body, 'deepseek-chat').body).toBe(body)
})

test('sources that other models gave are no sources of Anthropic’s search', () => {
  const citation = (encrypted_index: string) => ({
    type: 'web_search_result_location',
    url: 'https://a.b',
    encrypted_index,
  })
  const { body } = cleaned({
    messages: [
      assistant({ ...SAID, citations: [citation('')] }, { ...SAID, citations: [citation(''), citation('x')] }),
    ],
  })
  expect(body['messages']).toEqual([assistant(SAID, { ...SAID, citations: [citation('x')] })])
})

test('a budget to think goes in the middle of calls that began without thoughts', () => {
  const thinking = { type: 'enabled', budget_tokens: 2_000 }
  const loop = { thinking, messages: [USER, assistant(CALL), RESULT] }
  expect(cleaned(loop)).toEqual({ body: { messages: loop.messages }, lost: ['thinking'] })
  // The loop is over, or the model decides for itself.
  const over = { thinking, messages: [...loop.messages, assistant(SAID), USER] }
  expect(cleaned(over).body).toBe(over)
  expect(cleaned(loop, 'claude-opus-5').body).toBe(loop)
})

test('words beside the results change nothing about the turn under way, but a loop ends at those before it', () => {
  const thinking = { type: 'enabled', budget_tokens: 2_000 }
  const answer = { role: 'user', content: [...RESULT.content, { type: 'text', text: 'Quick' }] }
  const loop = { thinking, messages: [USER, assistant(CALL), answer] }
  expect(cleaned(loop)).toEqual({ body: { messages: loop.messages }, lost: ['thinking'] })
  const own = { thinking, messages: [USER, assistant(OWN, CALL), answer] }
  expect(cleaned(own).body).toBe(own)
  const next = { thinking, messages: [...loop.messages, assistant(OWN, CALL), RESULT] }
  expect(cleaned(next).body).toBe(next)
})

test('a last turn to be gone on with needs its thought first', () => {
  const thinking = { type: 'enabled', budget_tokens: 2_000 }
  const prefill = { thinking, messages: [USER, assistant(SAID)] }
  expect(cleaned(prefill)).toEqual({ body: { messages: prefill.messages }, lost: ['thinking'] })
  const late = { thinking, messages: [USER, assistant(SAID, OWN, CALL), RESULT] }
  expect(cleaned(late).lost).toEqual(['thinking'])
})
