import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonValue } from '../core/json.ts'
import { grade } from './grade.ts'
import type { Probe } from './probe.ts'
import { probeSchema } from './probe.ts'

const probe = (members: Readonly<Record<string, unknown>>): Probe =>
  probeSchema.parse({ id: 'p', kind: 'k', difficulty: 1, prompt: '?', ...members })
const said = (text: string) => ({ text, calls: [] })
const called = (...calls: readonly (readonly [name: string, argumentsText: string])[]) => ({
  text: '',
  calls: calls.map(([name, argumentsText]) => ({ name, argumentsText })),
})

function expectGrades(graded: Probe, right: readonly string[], wrong: readonly string[]): void {
  for (const text of right) expect(grade(graded, said(text)), `right: ${text}`).toBe(1)
  for (const text of wrong) expect(grade(graded, said(text)), `wrong: ${text}`).toBe(0)
}

describe('number', () => {
  test('is read from the answer line, whatever its dress', () => {
    expectGrades(
      probe({ grader: 'number', expected: 1234.5 }),
      [
        'Answer: 1234.5',
        'So it is 7 + 5.\n**Answer:** 1,234.50',
        'Final answer: $1 234.5$ km',
        'answer：1234.5。',
        'It is \\boxed{1{,}234.5}',
        'Answer:\n\n1234.5',
        '<think>Answer: 9</think>\nAnswer: 1234.5',
        'I think it is 1234.5.',
      ],
      [
        'Answer: 1234.51',
        'Answer: 12345',
        'Answer: -1234.5',
        'Answer: 1234',
        'Answer: none',
        '',
        '1234.5 or 9',
        '<think>1234.5',
      ],
    )
  })

  test('of many digits is compared digit by digit', () => {
    expectGrades(
      probe({ grader: 'number', expected: '44304227672174129' }),
      ['Answer: 44304227672174129', 'Answer: 44,304,227,672,174,129'],
      ['Answer: 44304227672174128', 'Answer: 4.43e16'],
    )
  })

  test('within a tolerance is right, beyond it wrong', () => {
    expectGrades(probe({ grader: 'number', expected: 4.9, tolerance: 0.06 }), ['Answer: 4.91 g', '4.86'], ['5', '4.8'])
  })

  test('any whole number is right as itself, with or without thousands, and wrong as the next one', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.constantFrom(',', '', ' '), (n, mark) => {
        const dressed = String(n).replace(/\B(?=(?:\d{3})+$)/g, mark)
        const graded = probe({ grader: 'number', expected: String(n) })
        expect(grade(graded, said(`Some text.\nAnswer: ${dressed}`))).toBe(1)
        expect(grade(graded, said(`Answer: ${n + 1n}`))).toBe(0)
      }),
    )
  })
})

test('text: case, quotation, spaces and closing stops are forgiven, other words are not', () => {
  expectGrades(
    probe({ grader: 'text', expected: ['The Hague', 'Den Haag'] }),
    ['Answer: the hague.', '**Answer: "The  Hague"**', 'Answer: Den Haag', 'Hague'],
    ['Answer: The Hague or Delft', 'Answer: Hage', 'The Hague is the answer.', ''],
  )
  expectGrades(
    probe({ grader: 'text', expected: '[1, 4, 9]' }),
    ['Answer: [1,4,9]', 'Answer: `[1, 4, 9]`'],
    ['Answer: 1, 4, 9', 'Answer: [1, 4]', 'Answer: [1, 49]'],
  )
})

test('text: a fraction may be set in TeX', () => {
  expectGrades(
    probe({ grader: 'text', expected: '5/11' }),
    [
      'Answer: 5/11',
      'Answer: $\\frac{5}{11}$',
      '\\[\\boxed{\\dfrac{5}{11}}\\]',
      'So it is $\\boxed{\\frac{5}{11}}$, as said.',
    ],
    ['Answer: 11/5', 'Answer: $\\frac{5}{12}$', 'Answer: 0.4545'],
  )
})

test('choice: the letter an answer settles on', () => {
  expectGrades(
    probe({ grader: 'choice', expected: 'B' }),
    [
      'Answer: B',
      'Answer: (B)',
      'Answer: **B**. Because A is wrong',
      'B',
      'The answer is B',
      'Answer: B) carbon dioxide',
      'Answer: option B',
    ],
    ['Answer: A', 'Answer: b', 'Answer: A or B is not clear, so C', '', 'Answer: Both', 'A better answer is C'],
  )
})

test('pattern: the whole answer is matched as the pattern says', () => {
  expectGrades(
    probe({ grader: 'pattern', expected: '^wo ist der bahnhof\\W*$', flags: 'i' }),
    ['Wo ist der Bahnhof?', '<think>hm</think>Wo ist der Bahnhof'],
    ['Wo ist das Bahnhof?', 'Wo ist der Bahnhof? Danke'],
  )
})

describe('json', () => {
  const graded = probe({ grader: 'json', expected: { name: 'Mira', list: [1, 2.5], none: null } })

  test('keys in any order, in a fence or not', () => {
    expectGrades(
      graded,
      [
        '{"list": [1, 2.5], "none": null, "name": "mira "}',
        'Here:\n```json\n{"name": "Mira", "list": [1.0, 2.5], "none": null}\n```',
      ],
      [
        '{"name": "Mira", "list": [2.5, 1], "none": null}',
        '{"name": "Mira", "list": [1, 2.5]}',
        '{"name": "Mira", "list": [1, 2.5], "none": null, "more": 1}',
        '{"name": "Mira", "list": [1, "2.5"], "none": null}',
        'name: Mira',
        '',
      ],
    )
  })

  test('any value is equal to itself written again, and to no value with one more key', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (value) => {
        const plain: JsonValue = JSON.parse(JSON.stringify(value))
        // The reader of probe files drops this name.
        fc.pre(!JSON.stringify(value).includes('__proto__'))
        const one = probe({ grader: 'json', expected: plain })
        const turned = Object.fromEntries(Object.entries(value).toReversed())
        expect(grade(one, said(JSON.stringify(turned)))).toBe(1)
        expect(grade(one, said(JSON.stringify({ ...value, [`${Object.keys(value).join()}+`]: 1 })))).toBe(0)
      }),
    )
  })

  test('schema: any value that fits', () => {
    const schema = {
      type: 'object',
      required: ['n'],
      additionalProperties: false,
      properties: { n: { type: 'integer', minimum: 2 } },
    }
    expectGrades(
      probe({ grader: 'schema', expected: schema }),
      ['{"n": 2}'],
      ['{"n": 1}', '{"n": 2.5}', '{"n": 2, "m": 1}', '{}', 'n'],
    )
  })
})

describe('calls', () => {
  const tools = [{ name: 'weather', description: 'w' }]
  const two = probe({
    grader: 'calls',
    tools,
    expected: [
      { name: 'weather', arguments: { city: 'Cairo', days: 2 } },
      { name: 'weather', arguments: { city: 'Lima', days: 2 } },
    ],
  })

  test('these calls in any order, and no others', () => {
    const [cairo, lima] = ['{"days": 2, "city": "cairo"}', '{"city": "Lima", "days": 2}']
    expect(grade(two, called(['weather', lima], ['weather', cairo]))).toBe(1)
    for (const wrong of [
      called(['weather', cairo]),
      called(['weather', cairo], ['weather', cairo]),
      called(['weather', cairo], ['weather', lima], ['weather', lima]),
      called(['weather', cairo], ['forecast', lima]),
      called(['weather', cairo], ['weather', '{"city": "Lima", "days": "2"}']),
      called(['weather', cairo], ['weather', '{"city": "Lima"']),
      said('I would call weather for Cairo and Lima.'),
    ])
      expect(grade(two, wrong)).toBe(0)
  })

  test('none where none fits: an answer in words is right, a call and silence are wrong', () => {
    const none = probe({ grader: 'calls', tools, expected: [] })
    expect(grade(none, said('r h y t h m'))).toBe(1)
    expect(grade(none, said('  '))).toBe(0)
    expect(grade(none, called(['weather', '{}']))).toBe(0)
  })

  test('a call is no answer in words', () => {
    expect(grade(probe({ grader: 'number', expected: 1 }), { ...called(['f', '{}']), text: 'Answer: 1' })).toBe(0)
  })
})

describe('constraints', () => {
  const keeps = (constraints: object, right: readonly string[], wrong: readonly string[]): void =>
    expectGrades(probe({ grader: 'constraints', expected: constraints }), right, wrong)

  test('words, lines, sentences and paragraphs are counted', () => {
    keeps({ words: 4 }, ['one two – three four', 'It’s a well-known fact.'], ['one two three', 'a b c d e'])
    keeps({ words: { least: 2, most: 3 } }, ['a b', 'a b c'], ['a', 'a b c d'])
    keeps({ lines: 2 }, ['a\n\nb'], ['a', 'a\nb\nc'])
    keeps({ sentences: 2 }, ['Is it? Yes!', 'At 9.30 he went. Then?'], ['Only one.', 'One. Two. Three.'])
    keeps({ paragraphs: 2 }, ['a\nb\n\nc'], ['a\nb', 'a\n\nb\n\nc'])
  })

  test('words that must and must not stand there, as words of their own', () => {
    keeps({ include: ['dog'], exclude: ['cat'] }, ['A Dog and a catalogue.'], ['dogs', 'A dog, a cat.', ''])
    keeps({ times: { wave: 2 } }, ['Wave, wave; waves'], ['wave', 'wave wave wave'])
    keeps({ exclude: ['?'] }, ['Fine.'], ['Fine?'])
  })

  test('beginning, end, case, letters and lines', () => {
    keeps(
      { starts: 'Long ago', ends: 'salt.' },
      ['Long ago there was salt.'],
      ['long ago there was salt.', 'Long ago, salt'],
    )
    keeps({ case: 'upper' }, ['ÄB 1!'], ['Ab', '12'])
    keeps({ without_letter: 'e' }, ['Autumn'], ['Every', 'tree'])
    keeps({ initials: 'ab' }, ['Anna,\n- bob'], ['anna', 'bob\nanna', 'a\nb\nc'])
    keeps({ each_line: '^- ' }, ['- a\n- b'], ['- a\nb'])
  })

  test('a text of n words keeps to n words and to no other number', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}[,.]?$/), { minLength: 1, maxLength: 30 }), (words) => {
        const text = words.join(' ')
        expect(grade(probe({ grader: 'constraints', expected: { words: words.length } }), said(text))).toBe(1)
        expect(grade(probe({ grader: 'constraints', expected: { words: words.length + 1 } }), said(text))).toBe(0)
      }),
    )
  })
})

test('no text, whatever it is, makes a grader fail', () => {
  const all = [
    probe({ grader: 'number', expected: 1 }),
    probe({ grader: 'text', expected: 'x' }),
    probe({ grader: 'choice', expected: 'A' }),
    probe({ grader: 'json', expected: 1 }),
    probe({ grader: 'schema', expected: {} }),
    probe({ grader: 'constraints', expected: { words: 1, include: ['(a+)+$'] } }),
  ]
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const one of all) expect([0, 1]).toContain(grade(one, said(text)))
    }),
  )
})
