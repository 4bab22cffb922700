import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldParts } from './fold.ts'
import type { FinishReason, StreamPart, Usage } from './stream-part.ts'
import { NO_USAGE } from './stream-part.ts'
import { createTidier } from './tidy-parts.ts'

const start = (index: number, id = `id-${index}`, name = `tool_${index}`): StreamPart => ({
  type: 'tool-call-start',
  index,
  id,
  name,
})
const delta = (index: number, argumentsText: string): StreamPart => ({ type: 'tool-call-delta', index, argumentsText })
const stop = (index: number): StreamPart => ({ type: 'tool-call-end', index })
const text = (said: string): StreamPart => ({ type: 'text-delta', text: said })
const end = (finishReason: FinishReason): StreamPart => ({ type: 'response-end', finishReason, raw: finishReason })
const usage = (said: Partial<Usage>): StreamPart => ({ type: 'usage', usage: { ...NO_USAGE, ...said } })

/** As dispatch does it: part by part. */
function tidy(...parts: readonly StreamPart[]): StreamPart[] {
  const tidier = createTidier('call')
  const out = parts.flatMap((part) => tidier.push([part]))
  return [...out, ...tidier.end()]
}

const types = (parts: readonly StreamPart[]): string[] => parts.map((part) => part.type)
const reason = (parts: readonly StreamPart[]): string | undefined =>
  parts.findLast((part) => part.type === 'response-end')?.finishReason

test('a response starts once, also where the upstream repeats or forgets it', () => {
  const begin: StreamPart = { type: 'response-start', id: 'r', model: 'm' }
  expect(types(tidy(begin, text('a'), begin, end('stop')))).toEqual(['response-start', 'text-delta', 'response-end'])
  expect(types(tidy(text('a'), end('stop')))).toEqual(['response-start', 'text-delta', 'response-end'])
  expect(types(tidy(end('stop')))).toEqual(['response-start', 'response-end'])
})

test('the first open call streams at once; what comes meanwhile waits for its end', () => {
  const tidier = createTidier('call')
  expect(types(tidier.push([start(3), delta(3, '{"a"')]))).toEqual([
    'response-start',
    'tool-call-start',
    'tool-call-delta',
  ])
  expect(tidier.push([start(7), delta(7, '{}'), text('so'), delta(3, ':1}')])).toEqual([delta(0, ':1}')])
  const second = { ...start(1), id: 'id-7', name: 'tool_7' }
  expect(tidier.push([stop(3)])).toEqual([stop(0), second, delta(1, '{}'), stop(1), text('so')])
  expect(tidier.push([stop(7)])).toEqual([])
})

test('a call without an end of its own ends where something follows its whole object', () => {
  const tidier = createTidier('call')
  tidier.push([start(0), delta(0, '{"a":{}')])
  expect(tidier.push([start(1), delta(1, '{"b')])).toEqual([])
  expect(tidier.push([delta(0, '}')])).toEqual([delta(0, '}')])
  const second = { ...start(1), id: 'id-1', name: 'tool_1' }
  expect(tidier.push([delta(1, '"')])).toEqual([stop(0), second, delta(1, '{"b"')])
  expect(tidier.push([delta(1, ':1}')])).toEqual([delta(1, ':1}')])
  expect(tidier.push([text('so')])).toEqual([stop(1), text('so')])
  // Blanks, and a start that comes with every delta, are nothing new.
  expect(tidier.push([delta(1, ' '), start(1)])).toEqual([])
  expect(() => tidier.push([delta(1, '{"c":1}')])).toThrow(/went on with a tool call/)
})

test('what only repeats a call that was complete is passed over', () => {
  const opened = () => {
    const tidier = createTidier('call')
    tidier.push([start(0), delta(0, '{"city":"A"}'), start(1), delta(1, '{}')])
    return tidier
  }
  const again = ['{"city":"A"}', '}', ' }\n]', '{"ci', 'ty":"A"', '}}', '{"city":"A"}{"city":"A"}', '{"c']
  const tidier = opened()
  for (const text of again) expect(tidier.push([delta(0, text)])).toEqual([])
  expect(types([...tidier.push([end('tool-calls')]), ...tidier.end()])).toEqual(['tool-call-end', 'response-end'])
  for (const [first, ...more] of [
    ['{"city":"B"}'],
    ['{"ci', '}'],
    ['}', ',"x":1}'],
    ['{"city":"A"}', '{"city":"A" '],
  ]) {
    const other = opened()
    expect(() => other.push([first ?? '', ...more].map((text) => delta(0, text)))).toThrow(/went on with a tool call/)
  }
})

test.each(['length', 'content-filter'] as const)(
  'a call that %s cut is said to be cut, wherever it stands',
  (reason) => {
    const cut = (...parts: readonly StreamPart[]) =>
      tidy(...parts, end(reason)).flatMap((part) => (part.type === 'tool-call-end' ? [part.isCut === true] : []))
    expect(cut(start(0), delta(0, '{"a"'))).toEqual([true])
    expect(cut(start(0), delta(0, '{"a"'), stop(0))).toEqual([true])
    expect(cut(start(0), delta(0, '{}'))).toEqual([false])
    expect(cut(start(0), delta(0, '{"a":'), start(1), delta(1, '{}'))).toEqual([true, false])
    expect(cut(start(0), delta(0, '{x:1}'), stop(0), start(1), delta(1, '{}'))).toEqual([false, false])
    expect(cut(start(0), stop(0), text('so'))).toEqual([false])
    expect(types(tidy(start(0), end(reason)))).not.toContain('tool-call-delta')
    expect(tidy(start(0), delta(0, '{x:1}'), stop(0), end('stop'))).toContainEqual(stop(0))
  },
)

test('a call that nobody can tell to be whole stays open', () => {
  const tidier = createTidier('call')
  tidier.push([start(0), delta(0, '{"a":"}')])
  expect(tidier.push([text('so'), start(1)])).toEqual([])
  const custom = createTidier('call')
  custom.push([{ ...start(0), custom: true } as StreamPart, delta(0, '{}')])
  expect(custom.push([text('so')])).toEqual([])
})

test('what waits for the end of a call is bounded', () => {
  const tidier = createTidier('call')
  tidier.push([start(0), delta(0, '{')])
  const much = 'x'.repeat(1024 * 1024)
  expect(() => {
    for (let count = 0; count < 9; count += 1) tidier.push([text(much)])
  }).toThrow(/too much while a tool call/)
})

test.each([[' '], ['null'], [' \n', 'nu', 'll', ' ']])('arguments %j %j %j are none: an empty object', (...pieces) => {
  const parts = pieces.map((piece) => delta(0, piece))
  expect(tidy(start(0), ...parts, stop(0), end('stop'))).toContainEqual(delta(0, '{}'))
  expect(types(tidy(start(0), ...parts, end('stop'))).filter((type) => type === 'tool-call-delta')).toHaveLength(1)
})

test('what begins like none goes out as it came, and white space without end is not held', () => {
  expect(tidy(start(0), delta(0, ' '), delta(0, 'nu'), delta(0, 'x'), end('stop'))).toContainEqual(delta(0, ' nux'))
  expect(tidy(start(0), delta(0, 'nul'), end('stop'))).toContainEqual(delta(0, 'nul'))
  expect(tidy(start(0), delta(0, '\n'), delta(0, '{"a"'), end('length'))).toContainEqual(delta(0, '\n{"a"'))
  const tidier = createTidier('call')
  tidier.push([start(0), delta(0, ' '.repeat(256))])
  expect(tidier.push([delta(0, ' ')])).toEqual([delta(0, ' '.repeat(257))])
})

test('whether the last call lacks its arguments because the answer was cut is known at the finish', () => {
  const tidier = createTidier('call')
  tidier.push([start(0), stop(0)])
  expect(tidier.push([start(1), stop(1)])).toEqual([
    delta(0, '{}'),
    stop(0),
    { ...start(1), id: 'id-1', name: 'tool_1' },
  ])
  expect(tidier.push([end('length')])).toEqual([])
  expect(types(tidier.end())).toEqual(['tool-call-end', 'response-end'])
  const open = tidy(start(0), start(1), end('length'))
  expect(open.filter((part) => part.type === 'tool-call-delta')).toEqual([delta(0, '{}')])
})

test('a call without arguments gets an empty object, unless the answer was cut or the tool takes text', () => {
  expect(tidy(start(0), end('tool-calls'))).toContainEqual(delta(0, '{}'))
  expect(types(tidy(start(0), end('length')))).not.toContain('tool-call-delta')
  expect(types(tidy({ ...start(0), custom: true } as StreamPart, end('stop')))).not.toContain('tool-call-delta')
})

test('a missing id is made, a repeated one replaced', () => {
  const found = tidy(start(0, ''), stop(0), start(1, 'same'), stop(1), start(2, 'same'), end('stop'))
  const ids = found.flatMap((part) => (part.type === 'tool-call-start' ? [part.id] : []))
  expect(ids).toEqual(['call_call_0', 'same', 'call_call_2'])
  const later = createTidier('later', ['same', 'call_call_0'])
  expect(later.push([start(0, 'same'), stop(0)])).toContainEqual({ ...start(0, 'call_later_0') })
})

test.each([
  ['stop', true, 'tool-calls'],
  ['other', true, 'tool-calls'],
  ['length', true, 'length'],
  ['content-filter', true, 'content-filter'],
  ['tool-calls', false, 'stop'],
  ['other', false, 'other'],
] as const)('%s with calls: %s ends as %s', (said, hasCalls, expected) => {
  const calls = hasCalls ? [start(0), delta(0, '{}')] : [text('a')]
  expect(reason(tidy(...calls, end(said)))).toBe(expected)
})

test('of usage the last word about each kind counts', () => {
  const found = tidy(usage({ inputTokens: 9, outputTokens: 1 }), text('a'), usage({ outputTokens: 5 }), end('stop'))
  expect(found.filter((part) => part.type === 'usage')).toEqual([usage({ inputTokens: 9, outputTokens: 5 })])
})

test('an answer that never ends is interrupted, one that ends in an error is an error', () => {
  expect(() => tidy(text('a'))).toThrow(/without saying that it was complete/)
  expect(() => tidy(text('a'), end('error'))).toThrow(/error of its own/)
})

test('any number of calls ends in order, whether they were left open or wait ended', () => {
  const many = Array.from({ length: 50_000 }, (_, index) => index)
  const open = tidy(...many.map((index) => start(index)), end('stop'))
  const waiting = tidy(start(-1), ...many.flatMap((index) => [start(index), stop(index)]), stop(-1), end('stop'))
  const ends = (parts: readonly StreamPart[]) => parts.filter((part) => part.type === 'tool-call-end').length
  expect([ends(open), ends(waiting)]).toEqual([many.length, many.length + 1])
})

type Scripted = { readonly name: string; readonly pieces: readonly string[]; readonly ends: boolean }

const scripts = fc.array(
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 4 }),
    // None that make an object: what is whole ends where something else comes.
    pieces: fc.array(fc.stringMatching(/^[^{]{1,3}$/), { maxLength: 4 }),
    ends: fc.boolean(),
  }),
  { maxLength: 5 },
)

const orNone = (text: string): string => (/^\s*(null\s*)?$/.test(text) ? '{}' : text)

/** The calls' parts, interleaved by the numbers of `order`. */
function interleave(calls: readonly Scripted[], order: readonly number[]): StreamPart[] {
  const queues = calls.map(({ name, pieces, ends }, index) => [
    start(index * 2 + 1, `id-${index}`, name),
    ...pieces.map((piece) => delta(index * 2 + 1, piece)),
    ...(ends ? [stop(index * 2 + 1)] : []),
  ])
  const parts: StreamPart[] = []
  for (const [step, number] of order.entries()) {
    const queue = queues[number % Math.max(1, queues.length)]
    const part = queue?.shift()
    if (part !== undefined) parts.push(part)
    if (number % 5 === 0) parts.push(text(`t${step}`))
  }
  return [...parts, ...queues.flat()]
}

test('whatever the interleaving: dense indexes, one call at a time, nothing lost', () => {
  fc.assert(
    fc.property(scripts, fc.array(fc.nat({ max: 100 }), { maxLength: 40 }), (calls, order) => {
      const parts = interleave(calls, order)
      const found = tidy(...parts, end('tool-calls'))
      let open: number | undefined
      let next = 0
      for (const part of found) {
        if (part.type === 'tool-call-start') {
          expect([open, part.index]).toEqual([undefined, next])
          open = part.index
          next += 1
        } else if (part.type === 'tool-call-delta') expect(part.index).toBe(open)
        else if (part.type === 'tool-call-end') {
          expect(part.index).toBe(open)
          open = undefined
        } else expect(open).toBeUndefined()
      }
      const begun = parts.flatMap((part) => (part.type === 'tool-call-start' ? [part.name] : []))
      const blocks = foldParts(found).blocks.flatMap((block) => (block.type === 'tool-call' ? [block] : []))
      expect(blocks.map(({ name }) => name)).toEqual(begun)
      const said = new Map(calls.map(({ pieces }, index) => [`id-${index}`, orNone(pieces.join(''))]))
      for (const { id, argumentsText } of blocks) expect(argumentsText).toBe(said.get(id))
      const texts = (list: readonly StreamPart[]) =>
        list.flatMap((part) => (part.type === 'text-delta' ? [part.text] : []))
      expect(texts(found)).toEqual(texts(parts))
    }),
  )
})

test('how parts are bundled into pushes makes no difference', () => {
  fc.assert(
    fc.property(
      scripts,
      fc.array(fc.nat({ max: 100 }), { maxLength: 40 }),
      fc.nat({ max: 6 }),
      (calls, order, size) => {
        const parts = [...interleave(calls, order), end('stop')]
        const tidier = createTidier('call')
        const out: StreamPart[] = []
        for (let from = 0; from < parts.length; from += size + 1)
          out.push(...tidier.push(parts.slice(from, from + size + 1)))
        expect([...out, ...tidier.end()]).toEqual(tidy(...parts))
      },
    ),
  )
})
