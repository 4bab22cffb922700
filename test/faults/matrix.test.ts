import { describe, expect, test } from 'vitest'
import type { Outcome } from './run-matrix.ts'
import { allCells, runMatrix } from './run-matrix.ts'

const TIME = { timeout: 240_000 }

function shown({ cell, verdict, status, errors, attempts }: Outcome): string {
  const { fault, client, upstream, stream } = cell
  return `${fault.name}, ${client.id} on ${upstream}, ${stream ? 'streamed' : 'whole'}: ${verdict} ${status} ${errors.join()} (${attempts})`
}

const expectedOf = ({ cell }: Outcome) => (cell.stream ? cell.fault.streamed : cell.fault.whole)

/** Where the first words and the fault arrive in one read, nothing has been sent yet: the next target can still answer. */
function isRight(outcome: Outcome, otherwise: Outcome['verdict']): boolean {
  const expected = expectedOf(outcome)
  if (expected === 'second') return outcome.verdict === otherwise
  return outcome.verdict === expected || (expected === 'cut' && outcome.verdict === otherwise)
}

function expectMostCut(outcomes: readonly Outcome[]): void {
  const broken = outcomes.filter((outcome) => expectedOf(outcome) === 'cut')
  expect(broken.filter(({ verdict }) => verdict === 'cut').length).toBeGreaterThan(broken.length * 0.9)
}

describe('every fault, streamed and whole, for every client format on every format of the faulty target', () => {
  test(
    'with a fallback: its answer, the odd one that was asked for, or part of one and a typed error',
    TIME,
    async () => {
      const outcomes = await runMatrix(allCells())
      expect(outcomes.length).toBeGreaterThan(1_600)
      expect(outcomes.filter((outcome) => !isRight(outcome, 'second')).map(shown)).toEqual([])
      expectMostCut(outcomes)
    },
  )

  test('alone: a whole answer or one typed error, never a silent truncation and never silence', TIME, async () => {
    const outcomes = await runMatrix(allCells(), { alone: true })
    expect(outcomes.filter((outcome) => !isRight(outcome, 'error')).map(shown)).toEqual([])
    expectMostCut(outcomes)
  })
})
