import { expect, test } from 'vitest'
import { isFollowUp } from './follow-up.ts'
import words from './follow-ups.json' with { type: 'json' }

test.each(words.phrases)('"%s" is a follow-up, and as a question none', (phrase) => {
  expect(isFollowUp(phrase)).toBe(true)
  expect(isFollowUp(`${phrase[0]?.toUpperCase()}${phrase.slice(1)}!`)).toBe(true)
  expect(isFollowUp(`${phrase}?`)).toBe(false)
})

test.each(['make it shorter', 'fix that please', 'commit it', 'do this again'])(
  '"%s" speaks of the turn before',
  (text) => {
    expect(isFollowUp(text)).toBe(true)
  },
)

test.each([
  '',
  'Prove the four colour theorem',
  'Write a poem',
  'What is it?',
  'run the tests',
  'Now take all of it and write a report about it',
  `continue ${'x'.repeat(80)}`,
  '证明黎曼猜想',
])('"%s" is a task of its own', (text) => {
  expect(isFollowUp(text)).toBe(false)
})
