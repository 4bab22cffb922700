import { describe, expect, test } from 'vitest'
import { readingOf } from './reading-grade.ts'

const GETTYSBURG =
  'Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in Liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great civil war, testing whether that nation, or any nation so conceived and so dedicated, can long endure. We are met on a great battle-field of that war. We have come to dedicate a portion of that field, as a final resting place for those who here gave their lives that that nation might live. It is altogether fitting and proper that we should do this.'
const PLAIN =
  'The cat sat on the mat. It was a big cat with a long tail. The dog came in and saw the cat. He did not like it at all. The cat ran up a tree and the dog sat at the foot of it. He sat there for a long time. In the end he got tired and went home to his bed. The cat came down from the tree and went back to the mat. It was a good day for the cat but not for the dog. He had a bone and that was good for him as well.'
const HARD =
  'The implementation of comprehensive regulatory frameworks necessitates the systematic evaluation of institutional capabilities, and the corresponding allocation of resources is determined by considerations of administrative feasibility. Furthermore, the interdependence of economic and environmental objectives complicates the identification of an optimal policy configuration. Consequently, policymakers are obliged to consider distributional consequences, the likelihood of unintended behavioural responses, and the sustainability of any proposed intervention over a considerable period. In particular, the evaluation of such programmes requires methodological sophistication that is not always available.'
const GERMAN =
  'Der Hund lief in den Garten und sah die Katze auf dem Baum sitzen. Er bellte laut, aber die Katze blieb ruhig und schaute nur herunter. '.repeat(
    8,
  )

describe('the grade of school of an answer', () => {
  // As textstat 0.7.3 has it, `flesch_kincaid_grade`.
  test.each([
    ['plain', PLAIN, 0.2],
    ['a speech', GETTYSBURG, 8.9],
    ['officialese', HARD, 23.1],
  ])('of %s is near what textstat says', (_, text, grade) => {
    expect(Math.abs((readingOf(text)?.grade ?? Number.NaN) - grade)).toBeLessThan(2)
  })

  test('code, tables, formulas, headings and addresses are not read', () => {
    const marked = [
      '# Interdepartmental considerations',
      GETTYSBURG,
      '```ts\nexport function initialiseConfiguration(parameters: ConfigurationParameters) {}\n```',
      '| implementation | characteristics |\n|---|---|\n| multidimensional | internationalisation |',
      'https://example.com/internationalisation/considerations',
      '$$\\operatorname{argmax}_{configuration} \\sum approximation$$',
    ].join('\n\n')
    expect(readingOf(marked)).toEqual(readingOf(GETTYSBURG))
  })

  test('the items of a list are sentences', () => {
    const item = 'It is the end of the day and the dog is in the house'
    const list = Array.from({ length: 12 }, () => `- ${item}`).join('\n')
    expect(readingOf(list)?.grade).toBeCloseTo(readingOf(`${item}. `.repeat(12))?.grade ?? Number.NaN)
  })

  test.each([
    ['a few words', 'The cat sat on the mat. It was a big cat. It slept in the sun for an hour.'],
    ['another language', GERMAN],
    ['code alone', `\`\`\`\n${'const value = compute(the, of, and)\n'.repeat(60)}\`\`\``],
    ['nothing', ''],
  ])('%s have none', (_, text) => {
    expect(readingOf(text)).toBeUndefined()
  })

  test('what a model may write to keep the reader busy is read within a moment', () => {
    for (const bait of ['\\[', '$$', '`', '\\(', '- ', '.\n ', '\n', '| \n', 'aeiou']) {
      const before = process.cpuUsage()
      readingOf(bait.repeat(100_000))
      expect(process.cpuUsage(before).user / 1_000, bait).toBeLessThan(500)
    }
  })
})
