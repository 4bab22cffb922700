import { afterEach, expect, test, vi } from 'vitest'
import { PII_KINDS } from '../core/guard-settings.ts'
import { createCallGuards } from './call-guards.ts'
import { openGuard } from './index.ts'
import { isStructural } from './structural.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const EMAIL = 'jane@example.org'

afterEach(() => {
  vi.restoreAllMocks()
})

function open(restore = false) {
  const on = ['request'] as const
  const settings = { action: 'redact', kinds: PII_KINDS, restore, timeout_ms: 60_000 } as const
  const guard = openGuard({ use: 'pii', on, on_failure: 'block', passthrough: 'block', ...settings })
  return createCallGuards([guard], { monotonic: () => 0 })
}

/** A body's JSON text as a model sees it. */
function seen(body: unknown, guards = open()): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return decoder.decode(guards.request(encoder.encode(text)))
}

test.each([
  { metadata: { id: EMAIL, url: EMAIL, status: EMAIL } },
  { labels: { type: EMAIL } },
  { prompt: { id: 'pmpt_1', variables: { conversation: EMAIL } } },
  { tools: [{ name: 'f', input_schema: { examples: [{ id: EMAIL }], properties: { id: { default: EMAIL } } } }] },
  { tools: [{ function: { parameters: { properties: { url: { enum: [EMAIL], const: EMAIL } } } } }] },
  { messages: [{ role: 'user', content: [{ type: 'file', file: { filename: `${EMAIL}.pdf` } }] }] },
])('what a caller files his call under and gives as an example is read: %j', (body) => {
  expect(seen(body)).not.toContain('jane')
})

test('a name, an id and a medium stay what they are', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,+4930901820/+4930901820/' } }
  const input = { type: 'input_image', image_url: 'data:image/png;base64,+4930901820/+4930901820/' }
  const body = {
    messages: [{ role: 'tool', tool_call_id: '4111111111111111', content: [image] }],
    prompt: { variables: { picture: input } },
  }
  expect(seen(body)).toBe(JSON.stringify(body))
})

test('a placeholder stays the same from turn to turn, also where the answers keep theirs', () => {
  const first = [{ role: 'user', content: `I am ${EMAIL}` }]
  const second = [
    ...first,
    { role: 'assistant', content: 'Hello [EMAIL_1], joe is [EMAIL_2]', tool_calls: [call('{"to":"[EMAIL_1]"}')] },
    { role: 'tool', tool_call_id: 'c', content: '{"sent":"[EMAIL_1]"}' },
    { role: 'user', content: `and bob@example.org, again ${EMAIL}` },
  ]
  expect(seen({ messages: first })).toContain('I am [EMAIL_1]')
  const later = seen({ messages: second })
  expect(later).toContain('I am [EMAIL_1]')
  // The answer's own [EMAIL_2] is somebody else.
  expect(later).toContain('and [EMAIL_3], again [EMAIL_1]')
})

test('two callers never share a name, and each keeps his', () => {
  const named = (who: string) => JSON.stringify({ user_id: who, n: 1 })
  const body = (who: string, before = '') => ({
    messages: [{ role: 'user', content: `${before}${who}` }],
    user: who,
    session_id: who,
    prompt_cache_key: `key of ${who}`,
    metadata: { user_id: named(who) },
  })
  const [jane, again, joe] = [body(EMAIL), body(EMAIL, 'x@example.org '), body('joe@example.org')].map((one) => {
    const { messages, ...names } = JSON.parse(seen(one)) as ReturnType<typeof body>
    expect(messages[0]?.content).toMatch(/\[EMAIL_[12]\]$/)
    return names
  })
  expect(JSON.stringify([jane, joe])).not.toContain('example.org')
  expect(jane?.user).toMatch(/^\[EMAIL_\d{8}\]$/)
  expect(again).toEqual(jane)
  for (const name of ['user', 'session_id', 'prompt_cache_key'] as const) expect(joe?.[name]).not.toBe(jane?.[name])
  expect(joe?.metadata).not.toEqual(jane?.metadata)
})

test.each([{ previous_response_id: 'resp_1' }, { conversation: 'conv_1' }, { conversation: { id: 'conv_1' } }])(
  'placeholders of turns that are kept elsewhere, %j, stand for nobody else here',
  (before) => {
    const first = seen({ input: 'bob@example.org' })
    const [placeholder = ''] = /\[EMAIL_\d+\]/.exec(first) ?? []
    const later = seen({ ...before, input: `${EMAIL} and ${EMAIL}` })
    expect(later).toMatch(/"(\[EMAIL_\d{8}\]) and \1"/)
    expect(later).not.toContain(placeholder)
  },
)

function call(args: string) {
  return { id: 'c', type: 'function', function: { name: 'send', arguments: args } }
}

test.each(['[EMAIL_1]', '[email_1]', '\\u005bEMAIL_1\\u005d'])(
  '%s of the caller himself stands for nothing else',
  (said) => {
    const body = `{"messages":[{"role":"user","content":"${EMAIL} is not ${said}"}]}`
    expect(seen(body)).toContain('[EMAIL_2] is not')
  },
)

test('a placeholder in small letters is the same placeholder', () => {
  const guards = open(true)
  seen({ messages: [{ role: 'user', content: EMAIL }] }, guards)
  expect(guards.answer()?.whole('{"text":"[email_1], [Email_1], [EMAIL_2], a[b_1]"}')).toBe(
    `{"text":"${EMAIL}, ${EMAIL}, [EMAIL_2], a[b_1]"}`,
  )
  const stream = guards.answer()?.stream()
  const parts = ['to [em', 'ail_1', '] now'].flatMap((text) => stream?.push({ type: 'text-delta', text }) ?? [])
  const said = [...parts, ...(stream?.end() ?? [])].map((part) => (part.type === 'text-delta' ? part.text : ''))
  expect(said.join('')).toBe(`to ${EMAIL} now`)
})

test.each(['{"key":"[SECRET_1]"}', ' {\n "a": 1, "key": "[SECRET_1]"}'])(
  'an answer asked for as JSON stays JSON: %s',
  (text) => {
    const key = '-----BEGIN PRIVATE KEY-----\nab"c\\d\n-----END PRIVATE KEY-----'
    const guards = open(true)
    seen({ messages: [{ role: 'user', content: key }] }, guards)
    for (const size of [1, 3, 100]) {
      expect(JSON.parse(streamed(guards, text, size))).toMatchObject({ key })
      expect(streamed(guards, `Say {"a":1} ${text}`, size)).toContain(key)
      expect(streamed(guards, `[SECRET_1] ${text}`, size)).toContain(`"${key}"`)
    }
  },
)

function streamed(guards: ReturnType<typeof open>, text: string, size: number): string {
  const stream = guards.answer()?.stream()
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, index * size + size),
  )
  const parts = pieces.flatMap((piece) => stream?.push({ type: 'text-delta', text: piece }) ?? [])
  return [...parts, ...(stream?.end() ?? [])].map((part) => (part.type === 'text-delta' ? part.text : '')).join('')
}

test('a number below zero in the arguments of a streamed call is left, and they stay JSON', () => {
  const on = ['answer'] as const
  const settings = { action: 'redact', kinds: PII_KINDS, restore: false, timeout_ms: 60_000 } as const
  const guard = openGuard({ use: 'pii', on, on_failure: 'block', passthrough: 'block', ...settings })
  const guards = createCallGuards([guard], { monotonic: () => 0 })
  const stream = guards.answer()?.stream()
  const pieces = ['{"a":-4111', '111111111111,"b":4111111111111111}']
  const parts = pieces.flatMap(
    (argumentsText) => stream?.push({ type: 'tool-call-delta', index: 0, argumentsText }) ?? [],
  )
  const said = [...parts, ...(stream?.end() ?? [])].map((part) =>
    part.type === 'tool-call-delta' ? part.argumentsText : '',
  )
  expect(said.join('')).toBe('{"a":-4111111111111111,"b":"[CARD_1]"}')
})

test('a body of nothing but addresses is not searched once for each of them', () => {
  expect(searched(2_000) / searched(1_000)).toBeLessThan(2.1)
})

/** How many characters were searched through for a request with so many addresses. */
function searched(count: number): number {
  const addresses = Array.from({ length: count }, (_, index) => `user${10_000 + index}@example.org`)
  const body = JSON.stringify({ messages: [{ role: 'user', content: addresses.join(' ') }] })
  let characters = 0
  const spy = vi.spyOn(String.prototype, 'includes').mockImplementation(function (this: string, wanted: string) {
    characters += this.length
    return this.indexOf(wanted) >= 0
  })
  seen(body)
  spy.mockRestore()
  return characters
}

test('how deep a text stands does not say how long it takes to place it', () => {
  let looks = 0
  const deep = new Proxy(new Array<string | number>(20_000).fill(0), {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) looks += 1
      return Reflect.get(target, name, receiver)
    },
  })
  expect(isStructural(deep, 'text')).toBe(false)
  expect(looks).toBeLessThan(200)
})

test('a body deeper than any format is read whole', () => {
  const body = `{"x":${'['.repeat(5_000)}"${EMAIL}"${',"a"'.repeat(5_000)}${']'.repeat(5_000)}}`
  expect(seen(body)).toBe(body.replace(EMAIL, '[EMAIL_1]'))
})

test('an answer that loses its log probabilities keeps its numbers as they were written', () => {
  const guards = open(true)
  seen({ messages: [{ role: 'user', content: EMAIL }] }, guards)
  const answer = '{"n":12345678901234567890,"m":1.0,"choices":[{"logprobs":{"content":[]},"text":"[EMAIL_1]"}]}'
  expect(guards.answer()?.whole(answer)).toBe(
    `{"n":12345678901234567890,"m":1.0,"choices":[{"logprobs":null,"text":"${EMAIL}"}]}`,
  )
})
