import { describe, expect, test } from 'vitest'
import { anchorsOf, substanceOf } from './alike.ts'

const SAME = [
  ['What is the capital of France?', "what's the capital of france"],
  ['What is the capital of France?', 'Hello, could you please tell me: what is the capital of France? Thanks!'],
  ['What is the capital of France?', 'The capital of France'],
  ['Write a function to sort the list.', 'Please write a function to sort a list'],
  ['Who was the King of France in 1510?', 'Hi! who was the king of France in 1510? Thank you very much in advance'],
  ['Was ist die Hauptstadt von Österreich?', 'was ist die Hauptstadt von Österreich'],
  ['Who is the president of the US?', 'Hey there, who is the president of the US please'],
  ['How tall is K2 (the mountain)?', 'ok, how tall is k2 (the mountain)'],
]
const OTHER = [
  ['What is the capital of France?', 'What is the capital of Germany?'],
  ['What is the capital of france', 'What was the capital of France?'],
  ['Who was the King of France in 1510?', 'Who was the King of France in 1511?'],
  ['Flights from London to Paris', 'Flights from Paris to London'],
  ['Is it safe to eat raw fish?', 'Is it not safe to eat raw fish?'],
  ['Which is larger: 1.5 or 1.50?', 'Which is larger: 1.5 or 15.0?'],
  ['What is -3 plus 4?', 'What is 3 plus 4?'],
  ['Tell me about the moon landing', 'Tell me more about the moon landing'],
  ['Who wrote the song you got a friend', 'When wrote the song you got a friend'],
  ['Should I buy the stock?', 'Should I sell the stock?'],
  ['Find the first odd number in the list', 'Find the first even number in the list'],
  ['What is C++ used for?', 'What is C used for?'],
  ['Is a C+ grade good?', 'Is a C- grade good?'],
  ['Which blood type can give to A+?', 'Which blood type can give to A-?'],
  ['What causes hepatitis A?', 'What causes hepatitis?'],
  ['what is vitamin a good for', 'what is vitamin good for'],
  ['What is the role of IT in schools?', 'What is the role of it in schools?'],
  ['Who is the president of the US?', 'Who is the president of us?'],
  ['Is my dog allowed to eat?', 'What is my dog allowed to eat?'],
  ['The company is failing.', 'What is the company failing?'],
  ['How do you say thank you?', 'How do you say please?'],
  ['How many mW are 5 kW?', 'How many MW are 5 kW?'],
  ['Is 5MB more than 30 Mb?', 'Is 5Mb more than 30 MB?'],
  ['Translate to French: please', 'Translate to French: thanks'],
  ['Hey Jude lyrics meaning', 'Jude lyrics meaning'],
  ['Just Mercy summary of the plot', 'Mercy summary of the plot'],
  ['Please Please Me release date', 'Me release date'],
  ['Question Time presenter of today', 'Time presenter of today'],
]

describe('the substance of a question', () => {
  test.each(SAME)('%s = %s', (one, other) => {
    expect(substanceOf(one)).toBeDefined()
    expect(substanceOf(other)).toBe(substanceOf(one))
  })

  test.each(OTHER)('%s ≠ %s', (one, other) => {
    expect(substanceOf(one)).toBeDefined()
    expect(substanceOf(other)).not.toBe(substanceOf(one))
  })

  test.each([
    'yes',
    'Why?',
    'What does `f(x)` do?',
    'Solve x^2 + 3x = 0',
    'What does "cat" mean?',
    'First line\nsecond line',
    'What is 2 + 3?',
    'What is 12 / 4?',
    'How cold is - 5 degrees?',
    'What is 5 % of 20?',
    'What is 5! plus 3?',
    'How much is €50 in dollars?',
    'What is √16 plus 2?',
    'What does 😀 mean?',
    'What does the → key do?',
    'Summarise https://example.com/a please',
    `${'word '.repeat(100)}?`,
  ])('there is none of %s', (question) => {
    expect(substanceOf(question)).toBeUndefined()
  })
})

test('anchors are the words of which one alone makes another question', () => {
  expect(anchorsOf('Who was the King of France in 1510?')).toBe('1510 france king was who')
  expect(anchorsOf('Where can I purchase bread?')).toBe(anchorsOf('Where can I get bread'))
  for (const [one = '', other = ''] of OTHER.slice(1, 3)) expect(anchorsOf(one)).not.toBe(anchorsOf(other))
  expect(anchorsOf("Why isn't it safe?")).not.toBe(anchorsOf('Why is it safe?'))
})
