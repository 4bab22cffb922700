import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { keepsAndSaves, leastKept, presetFigures, sweepTable } from '../scripts/preset-readme.ts'

const POLICIES = new URL('../policies/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, POLICIES), 'utf8')
const figures = presetFigures.parse(JSON.parse(read('presets.figures.json')))

test('the READMEs say what was measured', () => {
  for (const preset of readdirSync(new URL('presets/', POLICIES))) {
    expect(read(`presets/${preset}/README.md`)).toContain(keepsAndSaves(preset, figures))
  }
  expect(read('README.md')).toContain(sweepTable(figures))
  expect(read('README.md')).toContain(leastKept(figures))
})

test('balanced keeps 99 % and cheap 95 % of the best single model’s quality on calibration data', () => {
  const least = { balanced: 0.99, cheap: 0.95 }
  const rows = figures.sets.flatMap(({ id, rows: learned }) =>
    learned
      .filter((row) => row.learned === 'fitted')
      .flatMap(({ presets }) =>
        Object.entries(least).flatMap(([name, bound]) => {
          const measured = presets[name]
          return measured === undefined ? [] : [{ id, name, bound, kept: measured.calibration.kept[0] }]
        }),
      ),
  )
  expect(rows.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['ulab_llmrouter', 'routerbench_subset', 'open_llm_leaderboard_v2']),
  )
  for (const { id, name, bound, kept } of rows) expect(kept, `${name} on ${id}`).toBeGreaterThanOrEqual(bound)
})

test('a figure stands in the table of its preset with its interval, and one that is not measured is said so', () => {
  const part = { kept: [0.987, 0.98, 0.99], saved: [0.123, 0.1, 0.15] } as const
  const one = presetFigures.parse({
    ...figures,
    sets: [
      {
        id: 'a set',
        prompts: 10,
        models: 2,
        best_single: ['m'],
        rows: [{ learned: 'fitted', presets: { cheap: { calibration: { kept: [1] }, test: part } } }],
      },
    ],
  })
  expect(keepsAndSaves('cheap', one)).toContain(
    '| a set | fitted | 100.0 % | 98.7 % [98.0, 99.0] | 12.3 % [10.0, 15.0] |',
  )
  expect(keepsAndSaves('newest', one)).toMatch(/^Not measured: /)
})
