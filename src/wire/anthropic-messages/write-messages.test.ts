import { expect, test } from 'vitest'
import type { ContentPart } from '../../core/content.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Message, Role } from '../../core/request.ts'
import { readRequest as readChat } from '../openai-chat/read-request.ts'
import { writeRequest } from './write-request.ts'

const chat = readChat({ model: 'auto', messages: [{ role: 'user', content: 'x' }] })
const text = (said: string): ContentPart => ({ type: 'text', text: said })
const say = (role: Role, ...content: ContentPart[]): Message => ({ role, content, name: undefined })
const call = (id: string, name = 'f'): ContentPart => ({ type: 'tool-call', id, name, argumentsText: '{}' })
const result = (callId: string, said = 'ok'): ContentPart => ({ type: 'tool-result', callId, content: [text(said)] })

function written(messages: readonly Message[], model = 'claude-haiku-4-5') {
  const { body, losses } = writeRequest({ ...chat, messages }, model)
  const turns = body['messages'] as unknown as { role: string; content: JsonObject[] }[]
  return { turns, system: body['system'], tools: body['tools'], lost: losses.map((loss) => loss.path) }
}

/** Turns as `role: kinds of blocks`. */
function outline(turns: readonly { role: string; content: readonly JsonObject[] }[]): string[] {
  return turns.map(({ role, content }) => `${role}: ${content.map((block) => block['type']).join(' ')}`)
}

const ASK = say('user', text('Hi'))

test('results stand first in the turn right after their calls, whatever stood between', () => {
  const { turns, lost } = written([
    ASK,
    say('assistant', call('a'), call('b')),
    say('user', text('By the way')),
    say('tool', result('b', 'of b')),
    say('tool', result('a', 'of a')),
  ])
  expect(outline(turns)).toEqual(['user: text', 'assistant: tool_use tool_use', 'user: tool_result tool_result text'])
  expect(turns[2]?.content.map((block) => block['tool_use_id'])).toEqual(['b', 'a', undefined])
  expect(lost).toEqual([])
})

test('a result that no call waits for is told where it stood', () => {
  const { turns, lost } = written([say('user', text('a')), say('tool', result('x', 'stray')), say('user', text('b'))])
  expect(turns.flatMap(({ content }) => content.map((block) => block['text']))).toEqual([
    'a',
    'Result of x:',
    'stray',
    'b',
  ])
  expect(lost).toEqual(['messages[1].content[0]'])
})

test('calls stand behind what was said between the same two thoughts', () => {
  const thought: ContentPart = {
    type: 'reasoning',
    text: 't',
    signature: { by: 'anthropic-messages', value: 's' },
  }
  const { turns } = written([
    ASK,
    say('assistant', thought, call('a'), text('one'), thought, call('b'), text('two')),
    say('tool', result('a'), result('b')),
  ])
  expect(outline(turns)[1]).toBe('assistant: thinking text tool_use thinking text tool_use')
})

test('ids that repeat or that the API refuses become ids of their own, and results follow their calls', () => {
  const { turns } = written([
    ASK,
    say('assistant', call('call_0')),
    say('tool', result('call_0', 'first')),
    say('assistant', call('call_0'), call('functions.f:1')),
    say('tool', result('call_0', 'second'), result('functions.f:1', 'third')),
  ])
  const ids = turns.flatMap(({ content }) => content.flatMap((block) => block['id'] ?? []))
  expect(new Set(ids).size).toBe(3)
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  const answered = turns.flatMap(({ content }) =>
    content.flatMap((block) => (block['type'] === 'tool_result' ? [[block['tool_use_id'], saidIn(block)]] : [])),
  )
  expect(answered).toEqual([
    [ids[0], 'first'],
    [ids[1], 'second'],
    [ids[2], 'third'],
  ])
})

function saidIn(block: JsonObject): JsonValue | undefined {
  return (block['content'] as unknown as { text: string }[])[0]?.text
}

test('a call without a result gets one that says so; a result without its call is kept as text', () => {
  const open = written([ASK, say('assistant', call('a')), ASK])
  expect(open.turns[2]?.content[0]).toMatchObject({ type: 'tool_result', tool_use_id: 'a', is_error: true })
  expect(open.lost).toEqual(['messages'])
  const stray = written([ASK, say('tool', result('gone', 'It rains.'))])
  expect(outline(stray.turns)).toEqual(['user: text text text'])
  expect(JSON.stringify(stray.turns)).toContain('It rains.')
  expect(stray.lost).toEqual(['messages[1].content[0]'])
})

test('a history with calls declares their tools although none may be called any more', () => {
  const { tools } = written([ASK, say('assistant', call('a', 'weather')), say('tool', result('a')), ASK])
  expect(tools).toEqual([{ name: 'weather', input_schema: { type: 'object' } }])
})

test('system text goes before the conversation; within it, to models that take it there', () => {
  const messages = [
    say('system', text('One')),
    say('developer', text('Two')),
    ASK,
    say('system', text('Three')),
    say('assistant', text('Yes')),
    ASK,
  ]
  const older = written(messages)
  expect(older.system).toEqual([
    { type: 'text', text: 'One' },
    { type: 'text', text: 'Two' },
  ])
  expect(outline(older.turns)).toEqual(['user: text text text text', 'assistant: text', 'user: text'])
  expect(older.lost).toEqual(['messages[3].role'])
  const newer = written(messages, 'claude-opus-5')
  expect(outline(newer.turns)).toEqual(['user: text', 'system: text', 'assistant: text', 'user: text'])
  expect(newer.lost).toEqual([])
})

test('a conversation begins with the user, and ends with him where the model cannot go on', () => {
  const begun = written([say('assistant', text('Hello')), ASK])
  expect(outline(begun.turns)).toEqual(['user: text', 'assistant: text', 'user: text'])
  expect(begun.lost).toEqual(['messages'])
  const prefilled = [ASK, say('assistant', text('The answer is  '))]
  expect(written(prefilled)).toMatchObject({
    turns: [{}, { role: 'assistant', content: [{ text: 'The answer is' }] }],
    lost: [],
  })
  const unable = written(prefilled, 'claude-opus-5')
  expect(outline(unable.turns)).toEqual(['user: text', 'assistant: text', 'user: text'])
  expect(unable.lost).toEqual(['messages'])
})

test('thoughts go back to whoever signed them only', () => {
  const thought = (by: 'gemini-generate' | 'anthropic-messages' | undefined, said: string): ContentPart => ({
    type: 'reasoning',
    text: said,
    ...(by === undefined ? {} : { signature: { by, value: 'sig' } }),
  })
  const { turns, lost } = written([
    ASK,
    say(
      'assistant',
      thought('gemini-generate', 'theirs'),
      thought(undefined, 'unsigned'),
      thought('anthropic-messages', ''),
      text('Yes'),
    ),
    ASK,
  ])
  expect(turns[1]?.content).toEqual([
    { type: 'thinking', thinking: '', signature: 'sig' },
    { type: 'text', text: 'Yes' },
  ])
  expect(lost).toEqual(['messages[1].content[0]', 'messages[1].content[1]'])
})

test('blank text is left out, arguments that are no object are kept, errors are marked', () => {
  const { turns } = written([
    ASK,
    say('assistant', text('  '), {
      type: 'tool-call',
      id: 'a',
      name: 'f',
      argumentsText: '{"id":12345678901234567890,}',
    }),
    say('tool', { type: 'tool-result', callId: 'a', content: [text('')], isError: true }),
  ])
  expect(turns[1]?.content).toEqual([
    { type: 'tool_use', id: 'a', name: 'f', input: { rawInvalidInput: '{"id":12345678901234567890,}' } },
  ])
  expect(turns[2]?.content).toEqual([{ type: 'tool_result', tool_use_id: 'a', is_error: true }])
})

test('pictures and documents go where the API takes them', () => {
  const data = (mediaType: string, bytes: string) => ({ type: 'data' as const, mediaType, data: bytes })
  const { turns, lost } = written([
    say(
      'user',
      { type: 'image', source: data('image/jpg', '/9j/4AAQ') },
      { type: 'image', source: data('image/*', 'iVBORw0KGgo=') },
      { type: 'image', source: data('image/tiff', 'AAAA') },
      { type: 'file', source: data('application/pdf', 'JVBERg=='), name: 'a.pdf' },
      { type: 'file', source: data('text/csv', btoa('a,b')) },
      { type: 'file', source: { type: 'stored', id: 'file-1', format: 'openai-chat' } },
      { type: 'audio', source: data('audio/wav', 'AAAA'), format: 'wav' },
    ),
  ])
  expect(turns[0]?.content).toEqual([
    { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERg==' }, title: 'a.pdf' },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
  ])
  expect(lost).toEqual(['messages[0].content[2]', 'messages[0].content[5]', 'messages[0].content[6]'])
})

test('a document of text that is no base64 is lost, and the rest of the request is not', () => {
  const file = (mediaType: string, data: string): ContentPart => ({
    type: 'file',
    source: { type: 'data', mediaType, data },
  })
  const { turns, lost } = written([
    say('user', text('Hi'), file('text/plain', '%'), file('application/xml', 'PGEvPg==')),
  ])
  expect(turns[0]?.content).toEqual([
    { type: 'text', text: 'Hi' },
    { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '<a/>' } },
  ])
  expect(lost).toEqual(['messages[0].content[1]'])
})

test('a budget to think is not sent in the middle of calls that began without thoughts', () => {
  const messages = [ASK, say('assistant', call('a')), say('tool', result('a'))]
  const { body, losses } = writeRequest({ ...chat, messages, reasoning: { effort: 'high' } }, 'claude-haiku-4-5')
  expect(body).not.toHaveProperty('thinking')
  expect(losses.map((loss) => loss.path)).toEqual(['reasoning'])
  const adaptive = writeRequest({ ...chat, messages, reasoning: { effort: 'high' } }, 'claude-opus-5')
  expect(adaptive.body['thinking']).toEqual({ type: 'adaptive' })
})
