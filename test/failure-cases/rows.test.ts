import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

// docs/failure-cases.md against the tests that it names.

/** First and last id of each group. */
const GROUPS: readonly (readonly [number, number])[] = [
  [1, 18],
  [20, 28],
  [30, 37],
  [40, 42],
  [50, 60],
  [70, 80],
]

const IDS = GROUPS.flatMap(([first, last]) =>
  Array.from({ length: last - first + 1 }, (_, at) => `T-${String(first + at).padStart(2, '0')}`),
)

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

const rows = new Map(
  read('docs/failure-cases.md')
    .split('\n')
    .filter((line) => /^\| T-\d\d \|/.test(line))
    .map((line) => {
      const cells = line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''))
      return [cells[0] ?? '', cells] as const
    }),
)

test('every row is told once, in the order of its number', () => {
  expect([...rows.keys()]).toEqual(IDS)
})

test.each(IDS)('%s says what goes wrong, what is done and which tests prove it', (id) => {
  const [, wrong = '', done = '', tests = '', ...more] = rows.get(id) ?? []
  expect(wrong).not.toBe('')
  expect(done).not.toBe('')
  expect(more).toHaveLength(1)
  const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
  expect(files).not.toEqual([])
  for (const file of files) {
    expect(existsSync(new URL(file, root)), file).toBe(true)
    // At the start of a title: behind the quote that opens it.
    expect(read(file).includes(`'${id} `) || read(file).includes(`\`${id} `), `${file} has no test of ${id}`).toBe(true)
  }
})
