import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { target } from '../../../test/contract/describe-router.ts'
import { readProfile, readProfiles } from './profiles-folder.ts'

const answer = {
  id: 'sum-1',
  kind: 'sums',
  difficulty: 1,
  score: 1,
  output_tokens: 5,
  request: { messages: [{ role: 'user', content: 'What is 1 plus 1?' }] },
}
const profile = {
  version: 1,
  model: 'up/m',
  date: '2026-11-26',
  probes: 'built-in',
  asked: 2,
  graded: 1,
  right: 1,
  stopped: null,
  cost_usd: 0,
  kinds: {},
  left_out: [],
  answers: [answer],
}

function write(value: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), 'thalamus-profile-')), 'up--m.json')
  writeFileSync(path, JSON.stringify(value))
  return path
}

test('a profile is read as it was written', () => {
  expect(readProfile(write(profile))).toEqual(profile)
})

test.each([
  ['tokens below none', { answers: [{ ...answer, output_tokens: -5 }] }, 'answers.0.output_tokens'],
  ['more tokens than any answer has', { answers: [{ ...answer, output_tokens: 1e12 }] }, 'answers.0.output_tokens'],
  ['a part of a token', { answers: [{ ...answer, output_tokens: 1.5 }] }, 'answers.0.output_tokens'],
  ['a difficulty there is not', { answers: [{ ...answer, difficulty: 1e9 }] }, 'answers.0.difficulty'],
  [
    'two answers to one probe',
    { graded: 2, answers: [answer, answer] },
    'answers.1.id: a second answer to the probe "sum-1"',
  ],
  ['a count that is not the answers’', { graded: 2 }, 'graded: says 2, but there are 1 answers'],
  ['more graded than asked', { asked: 0 }, 'asked: says 0, but 1 were graded'],
  ['more right than graded', { right: 7 }, 'right: says 7, but 1 were graded'],
  ['a count of right answers that is not theirs', { right: 0 }, 'right: says 0, but 1 answers are right'],
  ['a kind with more right than graded', { kinds: { sums: { graded: 1, right: 9 } } }, 'kinds.sums: says 9 right of 1'],
  ['a kind without answers', { kinds: { talk: { graded: 2, right: 1 } } }, 'kinds.talk: says 1 right of 2'],
  ['a cost below nothing', { cost_usd: -1 }, 'cost_usd'],
  ['a request that is none', { answers: [{ ...answer, request: {} }] }, 'answers.0.request: '],
])('a profile with %s is refused, with where and what to do', (_, change, expected) => {
  const read = readProfile(write({ ...profile, ...change }))
  expect(read).toMatchObject({ remedy: 'Run thalamus profile MODEL again, or remove the file.' })
  expect('problem' in read && read.problem).toContain(expected)
})

test('a linked profile is read, as a mounted folder has them; a link to nothing is passed over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thalamus-profiles-'))
  symlinkSync(write(profile), join(folder, 'up--m.json'))
  symlinkSync(join(folder, 'gone'), join(folder, 'gone.json'))
  const read = readProfiles(folder, new Map([['up/m', target('up/m')]]))
  expect(read).toMatchObject({ profiles: [{ target: { id: 'up/m' }, graded: [{ score: 1, outputTokens: 5 }] }] })
})
