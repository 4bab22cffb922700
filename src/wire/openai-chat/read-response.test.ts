import { expect, test } from 'vitest'
import { writeLogprob } from '../shared/logprobs.ts'
import { createReader, readEnd, readResponse, summarizeResponse } from './read-response.ts'
import { writeResponse } from './write-response.ts'

const chunk = (rest: object) => JSON.stringify({ object: 'chat.completion.chunk', choices: [], ...rest })

test('the place of a citation is kept where one is said', () => {
  const cited = (start_index: number, end_index: number) => ({
    type: 'url_citation',
    url_citation: { url: 'https://a.example', title: 'A', start_index, end_index },
  })
  const message = { role: 'assistant', content: 'Hi there', annotations: [cited(3, 8), cited(0, 0)] }
  const parts = readResponse({ choices: [{ index: 0, message, finish_reason: 'stop' }] })
  const citation = { type: 'citation', url: 'https://a.example', title: 'A' }
  expect(parts.filter(({ type }) => type === 'citation')).toEqual([
    { ...citation, span: { start: 3, end: 8 } },
    citation,
  ])
  const context = { id: 'x', model: 'm', createdSeconds: 1, includeUsage: false }
  expect(writeResponse(parts, context)).toMatchObject({ choices: [{ message: { annotations: message.annotations } }] })
})

test('tokens that are pieces of a character keep their bytes, and come with the character', () => {
  const token = (name: string, bytes: number[]) => ({ token: name, logprob: -0.1, bytes, top_logprobs: [] })
  const pieces = [token('\\xf0\\x9f', [240, 159]), token('\\x8e\\x89', [142, 137])]
  const reader = createReader()
  const parts = ['', '🎉'].flatMap((content, at) => {
    const choice = { index: 0, delta: { content }, logprobs: { content: [pieces[at]] }, finish_reason: null }
    return reader.push({ event: undefined, data: chunk({ choices: [choice] }) })
  })
  const said = parts.filter((part) => part.type === 'text-delta')
  expect(said.map(({ text }) => text)).toEqual(['🎉'])
  expect(said[0]?.logprobs?.map(writeLogprob)).toEqual(pieces)
})

test('usage and finish reason are read from an event near the end', () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2 }
  expect(readEnd(chunk({ usage }))).toMatchObject({
    usage: { inputTokens: 3, outputTokens: 2 },
    finishReason: undefined,
  })
  const stop = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null })
  expect(readEnd(stop)).toEqual({ usage: undefined, finishReason: 'stop' })
  expect(readEnd(stop.replaceAll(':', ' : '))).toEqual({ usage: undefined, finishReason: 'stop' })
})

test('an event that says neither is not read, and one that cannot be read says nothing', () => {
  expect(readEnd('{"choices":[{"delta":{"content":"a"},"finish_reason":null}],"usage":null}')).toBeUndefined()
  expect(readEnd('{"usage":{"prompt_tokens":')).toBeUndefined()
})

const read = (...bodies: object[]) => {
  const reader = createReader()
  return bodies.flatMap((body) => reader.push({ event: undefined, data: JSON.stringify(body) }))
}

test('of several answers to one call the one that spoke first is read', () => {
  const choice = (index: number, content: string, finish: string | null = null) => ({
    choices: [{ index, delta: { content }, finish_reason: finish }],
  })
  const parts = read(choice(1, 'one'), choice(0, 'zero'), choice(1, '', 'length'), choice(0, '', 'stop'))
  const texts = parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))
  const ends = parts.flatMap((part) => (part.type === 'response-end' ? [part.finishReason] : []))
  expect([texts, ends]).toEqual([['one'], ['length']])
})

test('sources that come with every chunk are said once', () => {
  const search_results = [{ title: 'A', url: 'https://a.example', date: null }]
  const citations = ['https://a.example', 'https://b.example']
  const parts = read({ choices: [], search_results, citations }, { choices: [], citations })
  expect(parts.filter((part) => part.type === 'citation')).toEqual([
    { type: 'citation', url: 'https://a.example', title: 'A' },
    { type: 'citation', url: 'https://b.example', title: undefined },
  ])
})

test('an event without choices is read past where it says what it is, and refused where it does not', () => {
  expect(read({ id: '', prompt_filter_results: [] }).map((part) => part.type)).toEqual(['response-start'])
  expect(() => read({ hello: 'world' })).toThrow(/no chat completion/)
})

test.each([
  [{ message: 'bad request', type: 'provider_error', code: 400 }, 'upstream_rejected'],
  [{ message: 'slow down', code: 429 }, 'upstream_rate_limited'],
  [{ message: 'slow down', type: 'rate_limit_error' }, 'upstream_rate_limited'],
  [{ message: 'oops', type: 'server_error', code: null }, 'upstream_error'],
] as const)('the error %j inside a stream is classified by what it says', (error, code) => {
  expect(() => read({ error })).toThrow(expect.objectContaining({ code }))
})

test.each([
  ['an object that is an error', { object: 'error', message: 'boom', code: 500 }, undefined],
  ['an event that is named so', { message: 'boom' }, 'error'],
  [
    'a choice',
    { choices: [{ index: 0, delta: {}, finish_reason: 'error', error: { code: 502, message: 'boom' } }] },
    undefined,
  ],
])('T-15 the words of an error in a stream are kept: %s', (_where, body, event) => {
  expect(() => createReader().push({ event, data: JSON.stringify(body) })).toThrow('boom')
})

test('T-15 an error in a choice, or in place of one, is no answer, whatever was said before it', () => {
  const message = { role: 'assistant', content: 'Hel' }
  const ended = { choices: [{ index: 0, message, finish_reason: 'error', error: { code: 502, message: 'boom' } }] }
  for (const body of [ended, { object: 'error', message: 'boom', code: 500 }]) {
    expect(() => summarizeResponse(body)).toThrow('boom')
    expect(() => readResponse(body)).toThrow('boom')
  }
  const fine = { choices: [{ index: 0, message, finish_reason: 'stop', error: null }], error: null }
  expect(summarizeResponse(fine)).toMatchObject({ hasContent: true, finishReason: 'stop' })
})
